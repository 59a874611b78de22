"""Random numbers as a pure function of (seed, stream, entity, index).

Point draws use Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
SC 2011): the key is the root seed, the counter says what the draw is about. Bulk draws (the rate of arrivals,
populations) use numpy's Philox4x64 with the same idea. No draw depends on the order in which code runs, so two arms
that differ in governance live in the same world.
"""

import math

import numpy as np

from sim.compiling import entry, kernel

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
ARRIVAL = 4  # (session): time since the session before, at unit rate
OPENING = 15  # (session, 0 or 1): difficulty, number of turns, user, audit; domain, class
ASKING = 16  # (session, turn): tokens of the answer and of what is asked, think time

# What a bulk stream is about.
RATE = 103
POPULATION = 104
LANDSCAPE = 106  # (domain, redraw): contributions of the landscape, and when they are redrawn
IDEAS = 107  # (developer, idea)
ENDOWMENT = 108  # (developer): arrival, wealth, risk aversion, skill ...
DEAL = 105  # (shuffle): to whom the fortunes go
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
    return _central(u) if abs(u - 0.5) <= _CENTRAL else _tail(u)


_CENTRAL = 0.47575


@kernel
def _central(u):
    q = u - 0.5
    r = q * q
    num = ((((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r
            + 1.383577518672690e02) * r - 3.066479806614716e01) * r + 2.506628277459239  # fmt: skip
    den = ((((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r
            + 6.680131188771972e01) * r - 1.328068155288572e01) * r + 1.0  # fmt: skip
    return q * num / den


@kernel
def _tail(u):
    r = math.sqrt(-2.0 * math.log(u if u < 0.5 else 1.0 - u))
    num = ((((-7.784894002430293e-03 * r - 3.223964580411365e-01) * r - 2.400758277161838) * r
            - 2.549732539343734) * r + 4.374664141464968) * r + 2.938163982698783  # fmt: skip
    den = (((7.784695709041462e-03 * r + 3.224671290700398e-01) * r + 2.445134137142996) * r
           + 3.754408661907416) * r + 1.0  # fmt: skip
    x = num / den
    return x if u < 0.5 else -x


def uniforms(seed: int, stream: int, session: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """``draw`` and ``uniform`` for many pairs of ``session`` and ``turn``, int (n,): four numbers each, (4, n)."""
    found = np.empty((4, len(session)))
    _uniforms(np.uint64(seed), stream, session, turn, found)
    return found


@entry
def _uniforms(seed, stream, session, turn, found):
    for i in range(len(session)):
        a, b, c, d = draw(seed, stream, session[i], turn[i], 0, 0)
        found[0, i], found[1, i], found[2, i], found[3, i] = uniform(a), uniform(b), uniform(c), uniform(d)


def normals(uniforms: np.ndarray) -> np.ndarray:
    """The standard normals whose distribution function is at ``uniforms``, of shape (n,)."""
    found = np.empty(len(uniforms))
    _normals(uniforms, found)
    return found


@entry
def _normals(u, found):
    for i in range(len(u)):
        found[i] = _central(u[i])
    # From tail to tail: in a loop like the first, the tail's logarithm would be taken of every number.
    i = 0
    while i < len(u):
        while i < len(u) and abs(u[i] - 0.5) <= _CENTRAL:
            i += 1
        if i < len(u):
            found[i] = _tail(u[i])
            i += 1


def generator(seed: int, stream: int, *index: int) -> np.random.Generator:
    """numpy's Philox4x64 for bulk draws of one ``stream``, at up to two ``index`` numbers (chunk, developer ...).

    Key = (seed, stream); the index fills the two high words of the counter, so streams never overlap.
    """
    high = (*index, 0, 0)[:2]
    return np.random.Generator(np.random.Philox(key=np.array([seed, stream], np.uint64), counter=[0, 0, *high]))
