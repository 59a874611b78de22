"""Intervals of the mean difference between two arms that lived in the same worlds, seed by seed."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import stats

from analysis.errors import InputError

RESAMPLES = 9_999
"""Bootstrap resamples: the 2.5 % tail then rests on 250 of them (Efron and Tibshirani 1993 ask for 1,000 or more)."""


LARGEST = 1e150
"""The largest value of which squares can be summed."""


@dataclass(frozen=True)
class Interval:
    """An ``estimate`` between ``low`` and ``high`` at confidence ``level``, from ``n`` seeds, by ``method``."""

    estimate: float
    low: float
    high: float
    level: float
    n: int
    method: str

    def excludes(self, value: float) -> bool:
        """Whether ``value`` lies outside."""
        return not self.low <= value <= self.high


def differences(treated, base) -> np.ndarray:
    """``treated`` - ``base`` seed by seed, (seeds,), without the seeds in which either is NaN.

    Raises ``InputError`` where the two have not the same number of seeds, or fewer than two seeds are left, or a value
    is no number up to `LARGEST`.
    """
    treated, base = numbers(treated), numbers(base)
    if treated.shape != base.shape or treated.ndim != 1:
        raise InputError(f"arms of {treated.shape} and {base.shape} seeds; allowed are two of the same seeds")
    return sample(treated - base)


def sample(values) -> np.ndarray:
    """``values`` (n,) without NaN. Raises ``InputError`` where fewer than two are left, or one is no number."""
    values = numbers(values)
    if values.ndim != 1:
        raise InputError(f"values of shape {values.shape}; allowed is (seeds,), for seeds alone are replicates")
    values = values[~np.isnan(values)]
    if len(values) < 2:
        raise InputError(f"{len(values)} seeds with a defined value; allowed are two or more")
    return values


def numbers(values) -> np.ndarray:
    """``values`` as floats, NaN among them. Raises ``InputError`` where they are none, or beyond ± `LARGEST`."""
    try:
        values = np.asarray(values, float)
    except (TypeError, ValueError) as error:
        raise InputError(f"values that are no array of numbers: {error}") from error
    if (np.abs(values) > LARGEST).any():
        raise InputError(f"a value is infinite or beyond ± {LARGEST:g}; allowed are finite ones and NaN")
    return values


def check_level(level: float) -> None:
    """Raise ``InputError`` where a confidence ``level`` is not between 0 and 1."""
    if not 0 < level < 1:
        raise InputError(f"a level of {level:g}; allowed is one between 0 and 1, such as 0.95")


def t_interval(values, level: float = 0.95) -> Interval:
    """Student's interval of the mean of ``values`` (n,): one paired difference a seed.

    mean ± t_(n-1)·sd/√n. Exact for normal values (Student 1908); values that are all alike have no width.
    """
    check_level(level)
    values = sample(values)
    n, mean = len(values), float(values.mean())
    half = float(_quantile((1 + level) / 2, n - 1) * values.std(ddof=1) / np.sqrt(n))
    return Interval(mean, mean - half, mean + half, level, n, "t")


@cache  # many intervals share their number of seeds, and to look it up takes longer than all else
def _quantile(share: float, freedom: int) -> float:
    """Below which so large a ``share`` of Student's t of so many degrees of freedom lies."""
    return stats.t.ppf(share, freedom)


def bootstrap_interval(values, level: float = 0.95, seed: int = 0) -> Interval:
    """Bootstrap interval of the mean of ``values`` (n,), bias-corrected and accelerated (BCa, Efron 1987).

    Asks for no shape, but for seeds: of skewed values it falls short of its level below some 30. ``seed`` draws the
    resamples. Values that are all alike have no width.
    """
    check_level(level)
    values = sample(values)
    mean = float(values.mean())
    low = high = mean
    if np.ptp(values) > 0:
        rng = np.random.default_rng(seed)
        found = stats.bootstrap(
            (values,), np.mean, n_resamples=RESAMPLES, confidence_level=level, method="BCa", rng=rng
        ).confidence_interval
        low, high = float(found.low), float(found.high)
    return Interval(mean, low, high, level, len(values), "BCa")
