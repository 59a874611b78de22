"""M5, service: how long an answer takes and how long its user waits, on the time grid."""

import math

import numpy as np

from sim.compiling import kernel
from sim.records import LATENCY_BINS
from sim.streams import PATIENCE, draw, normal, uniform
from sim.traffic.params import NOISES, PATIENCES

LONGEST = 2.0**30
"""s, 34 years."""

_FIRST = (1023 - 32) * 16
"""The first 16 bits of 2**-32, where the first bin begins."""

_LOGNORMAL, _EXPONENTIAL = NOISES.index("lognormal"), NOISES.index("exponential")
_NOBODY, _FIXED, _MEMORYLESS = PATIENCES.index("none"), PATIENCES.index("fixed"), PATIENCES.index("exponential")


@kernel
def on_grid(t, p):
    """``t`` >= 0 s rounded to a multiple of the time grid, a power of two, so that sums and differences are exact.

    At most LONGEST, which no run lasts: what takes longer never happens.
    """
    return np.floor(min(t, LONGEST) * p.grid + 0.5) * p.unit


@kernel
def service_time(p, model, output, word):
    """Time in s to answer with ``output`` tokens: (ttft + output/speed) · noise of mean 1."""
    base = model.ttft + output / model.speed
    if p.noise == _LOGNORMAL:
        base *= math.exp(p.noise_sigma * (normal(word) - 0.5 * p.noise_sigma))
    elif p.noise == _EXPONENTIAL:
        base *= -math.log(uniform(word))
    return on_grid(base, p)


@kernel
def deadline(p, session, turn, attempt, now):
    """The instant in s at which the user gives an attempt up that starts ``now``; infinite without patience rule."""
    if p.patience == _NOBODY:
        return math.inf
    if p.patience == _FIXED:
        return now + on_grid(p.patience_s, p)
    word = draw(p.seed, PATIENCE, session, turn, attempt, 0)[0]
    if p.patience == _MEMORYLESS:
        return now + on_grid(-p.patience_s * math.log(uniform(word)), p)
    return now + on_grid(p.patience_s * math.exp(p.patience_sigma * normal(word)), p)


@kernel
def latency_bin(latency):
    """The bin of a latency in s: 16 bins to a power of two, by exponent and leading bits, exact on every platform."""
    # Of the 64 bits of a number those of sign, exponent and four leading bits of the mantissa are the first 16.
    at = (np.float64(latency).view(np.int64) >> 48) - _FIRST
    return min(max(at, 0), LATENCY_BINS - 1)
