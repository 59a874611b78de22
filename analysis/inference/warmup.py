"""Where a series leaves its warm-up, if it does; and what its mean is then a mean of."""

from dataclasses import dataclass

import numpy as np

from analysis.errors import InputError
from analysis.inference.paired import numbers

BATCH = 5
"""MSER-5 works on means of five values (White, Cobb and Spratt 2000), which smooths what day follows day."""


@dataclass(frozen=True)
class Level:
    """The mean ``value`` of a series from ``start`` on; ``steady`` says whether that is a steady state's.

    ``estimand`` says in words what the value estimates: without a steady state it is a transient's, and says so.
    """

    value: float
    start: int
    steady: bool
    estimand: str


def mser5(series) -> int | None:
    """How many values of ``series`` (n,) to leave out, a multiple of 5; None where no steady state is evident.

    Marginal standard error rule (White 1997; Spratt 1998): over the means Y of batches of five, the truncation d that
    makes Σ_(j>d) (Y_j - mean of those)² / (m - d)² least. A least value in the last half means that the series is still
    on its way, and so the rule finds nothing. Raises ``InputError`` below ten batches or where a value is NaN.
    """
    series = numbers(series)
    batches = len(series) // BATCH
    if batches < 10 or series.ndim != 1 or np.isnan(series).any():
        raise InputError(f"a series of shape {series.shape}; allowed are {10 * BATCH} values or more, all finite")
    means = series[: batches * BATCH].reshape(batches, BATCH).mean(axis=1)
    left = np.arange(batches, 0, -1)
    tail = np.cumsum(means[::-1])[::-1] / left
    squares = np.cumsum((means - means.mean())[::-1] ** 2)[::-1] - left * (tail - means.mean()) ** 2
    error = np.maximum(squares, 0.0) / left**2
    best = int(np.argmin(error[: batches - BATCH]))
    return best * BATCH if best < batches // 2 else None


def level(series) -> Level:
    """The mean of ``series`` (n,) after its warm-up, or else over all of it, as a transient estimand."""
    start = mser5(series)
    if start is None:
        mean = float(np.mean(series))
        return Level(mean, 0, False, f"transient: mean over all {len(series)} values, no steady state is evident")
    mean = float(np.mean(series[start:]))
    return Level(mean, start, True, f"steady state: mean after the first {start} of {len(series)} values (MSER-5)")
