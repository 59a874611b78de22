"""When a series changes: Page's cumulative sum (Biometrika 41, 1954), one-sided, against its beginning."""

import math

import numpy as np

from analysis.averages import mean

SLACK = 0.5
THRESHOLD = 5.0
"""In standard deviations: of independent normal values one in 930 sounds a false alarm, and a lasting shift by one is
found after ten (Montgomery, Statistical Quality Control). Where a day resembles the day before, alarms come sooner."""
LEAST_SD = 0.01
"""The reference's standard deviation counts as at least this share of its mean, so that rounding sounds no alarm."""


def reference(periods: int) -> int:
    """How many of so many periods are the reference: the first fifth."""
    return periods // 5


def alarm(values: np.ndarray, sign: float) -> int | None:
    """The first index at which ``values`` (n,) have risen (``sign`` 1) or fallen (-1), None if they never do.

    S_t = max(0, S_(t-1) + sign·(x_t - m)/sd - SLACK) > THRESHOLD, with the mean m and standard deviation sd of the
    first fifth. Values that are NaN change nothing. None where the reference has less than two values.
    """
    first = reference(len(values))
    early = values[:first][~np.isnan(values[:first])]
    if len(early) < 2:
        return None
    m = mean(early)
    apart = early - m
    sd = max(math.sqrt(apart @ apart / (len(early) - 1)), LEAST_SD * abs(m))
    if sd == 0.0:
        return None
    steps = sign * (values[first:] - m) / sd - SLACK
    steps[np.isnan(steps)] = 0.0
    walk = np.cumsum(steps)
    over = walk - np.minimum(np.minimum.accumulate(walk), 0.0) > THRESHOLD
    return first + int(np.argmax(over)) if over.any() else None
