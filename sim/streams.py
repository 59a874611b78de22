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
PROMPT = 13  # (model uid, evaluation, prompt): difficulty, class and familiarity of a prompt of the gauntlet
TRIAL = 14  # (model uid, evaluation, prompt, repeat, turn): whether an attempt at it is good
TOLERANCE = 12  # (user): how many failures in a row a user bears

# What a bulk stream is about.
ARRIVALS = 101
SESSIONS = 102
RATE = 103
POPULATION = 104
LANDSCAPE = 106  # (domain, redraw): contributions of the landscape, and when they are redrawn
IDEAS = 107  # (developer, idea)
ENDOWMENT = 108  # (developer): arrival, wealth, risk aversion, skill ...
BUILD = 109  # (developer, version): what a project makes of a model
CHOICE = 110  # (developer, sequence, decision, column): noise on the value of options

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

    Acklam's rational approximations ("An algorithm for computing the inverse normal cumulative distribution function",
    2003), about 1 part in 10**9; only one draw in twenty needs the tail's logarithm and root.
    """
    u = uniform(word)
    q = u - 0.5
    if abs(q) <= 0.47575:
        r = q * q
        num = ((((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r
                + 1.383577518672690e02) * r - 3.066479806614716e01) * r + 2.506628277459239  # fmt: skip
        den = ((((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r
                + 6.680131188771972e01) * r - 1.328068155288572e01) * r + 1.0  # fmt: skip
        return q * num / den
    r = math.sqrt(-2.0 * math.log(u if q < 0.0 else 1.0 - u))
    num = ((((-7.784894002430293e-03 * r - 3.223964580411365e-01) * r - 2.400758277161838) * r
            - 2.549732539343734) * r + 4.374664141464968) * r + 2.938163982698783  # fmt: skip
    den = (((7.784695709041462e-03 * r + 3.224671290700398e-01) * r + 2.445134137142996) * r
           + 3.754408661907416) * r + 1.0  # fmt: skip
    x = num / den
    return x if q < 0.0 else -x


def generator(seed: int, stream: int, *index: int) -> np.random.Generator:
    """numpy's Philox4x64 for bulk draws of one ``stream``, at up to two ``index`` numbers (chunk, developer ...).

    Key = (seed, stream); the index fills the two high words of the counter, so streams never overlap.
    """
    high = (*index, 0, 0)[:2]
    return np.random.Generator(np.random.Philox(key=np.array([seed, stream], np.uint64), counter=[0, 0, *high]))
