"""Random numbers as a pure function of (seed, stream, entity, index).

Point draws use Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
SC 2011): the key is the root seed, the counter says what the draw is about. Bulk draws (demand, populations)
use numpy's Philox4x64 with the same idea. No draw depends on the order in which code runs, so two arms that
differ in governance live in the same world.
"""

import math

import numpy as np

from sim.compiling import kernel

# What a point draw is about. One number per use; never reused for another.
TASK = 1  # (session, model uid): the part of a task's difficulty that is the model's own
LINEAGE = 2  # (session, lineage): the part that a lineage shares
ATTEMPT = 3  # (session, turn, attempt, model uid): success, service time, detection, drift
PICK = 5  # (session, turn, attempt, redraw): choice of a model
BACKOFF = 6  # (session, turn, attempt): jitter
CONTEXT = 7  # (session, turn, model uid): derail, recap
FOLLOW = 8  # (session, model uid): whether damage follows the session to this model
LEAVE = 9  # (session, turn): whether a failed turn ends its session
PATIENCE = 10  # (session, turn, attempt): how long the user waits
HEALTH = 11  # (model uid, ejection): jitter of an ejection
TOLERANCE = 12  # (user): how many failures in a row a user bears

# What a bulk stream is about.
ARRIVALS = 101
SESSIONS = 102
RATE = 103
POPULATION = 104

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)
_16 = np.uint64(16)
_24 = np.uint64(24)


@kernel
def philox(k0, k1, c0, c1, c2, c3):
    """One block of Philox4x32-10.

    Key words ``k0, k1`` and counter words ``c0..c3`` are uint64 below 2**32; so are the four results.
    """
    for _ in range(10):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0 = (p1 >> _32) ^ c1 ^ k0
        c1 = p1 & _LOW
        c2 = (p0 >> _32) ^ c3 ^ k1
        c3 = p0 & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0, c1, c2, c3


@kernel
def draw(seed, stream, session, turn, attempt, entity):
    """Four independent 32-bit words for one use of randomness.

    ``seed`` uint64; ``stream`` one of this module's constants; ``session`` below 2**56, ``turn`` and
    ``attempt`` below 2**16, ``entity`` below 2**32, all integers. Returns four uint64 below 2**32.
    """
    key = np.uint64(seed)
    s = np.uint64(session)
    return philox(
        key & _LOW,
        key >> _32,
        s & _LOW,
        (s >> _32) | (np.uint64(stream) << _24),
        (np.uint64(turn) << _16) | np.uint64(attempt),
        np.uint64(entity),
    )


@kernel
def uniform(word):
    """A 32-bit word as a number in the open interval (0, 1)."""
    return (np.float64(word) + 0.5) * 2.0**-32


@kernel
def normal(word):
    """A 32-bit word as a standard normal, by the inverse of its distribution function.

    Algorithm AS 241, PPND7 (Wichura, Applied Statistics 37, 1988): about 1 part in 10**7.
    """
    u = uniform(word)
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        num = ((5.9109374720e01 * r + 1.5929113202e02) * r + 5.0434271938e01) * r + 3.3871327179e00
        den = ((6.7187563600e01 * r + 7.8757757664e01) * r + 1.7895169469e01) * r + 1.0
        return q * num / den
    r = math.sqrt(-math.log(u if q < 0.0 else 1.0 - u))
    if r <= 5.0:
        r -= 1.6
        num = ((1.7023821103e-01 * r + 1.3067284816e00) * r + 2.7568153900e00) * r + 1.4234372777e00
        den = (1.2021132975e-01 * r + 7.3700164250e-01) * r + 1.0
    else:
        r -= 5.0
        num = ((1.7337203997e-02 * r + 4.2868294337e-01) * r + 3.0812263860e00) * r + 6.6579051150e00
        den = (1.2258202635e-02 * r + 2.4197894225e-01) * r + 1.0
    x = num / den
    return -x if q < 0.0 else x


def generator(seed: int, stream: int, *index: int) -> np.random.Generator:
    """numpy's Philox4x64 for bulk draws of one ``stream``, at up to two ``index`` numbers (chunk, developer ...).

    Key = (seed, stream); the index fills the two high words of the counter, so streams never overlap.
    """
    high = (*index, 0, 0)[:2]
    return np.random.Generator(np.random.Philox(key=np.array([seed, stream], np.uint64), counter=[0, 0, *high]))
