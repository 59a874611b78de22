"""At which dose an effect changes its sign: read off its means over seeds, with an interval from resampled seeds."""

import numpy as np

from analysis.errors import InputError
from analysis.inference.paired import Interval, check_level, numbers

RESAMPLES = 2000


def crossing(doses, effects, level: float = 0.95) -> Interval:
    """The dose at which the mean of ``effects`` (seeds, doses) is 0, between the ``doses`` by a straight line.

    Where the mean changes its sign more than once it is the first time; where it never does, the end of the doses that
    is nearer to 0, so that an estimate or a bound at an end says that it is there or beyond. The interval is that of
    the percentile bootstrap over seeds (Efron 1979), by resamples that are the same every time. Raises ``InputError``
    with fewer than two seeds or doses, where doses do not ascend, and where a seed lacks an effect.
    """
    check_level(level)
    doses, effects = numbers(doses), numbers(effects)
    if effects.shape != (len(effects), len(doses)) or np.isnan(effects).any():
        raise InputError(f"effects of shape {effects.shape}; allowed is (seeds, {len(doses)}), one a dose and none NaN")
    if len(effects) < 2 or len(doses) < 2 or not (np.diff(doses) > 0).all():
        raise InputError(f"{len(effects)} seeds at doses {doses.tolist()}; allowed are two or more of each, ascending")
    drawn = np.random.default_rng(0).integers(0, len(effects), (RESAMPLES, len(effects)))
    found = [_crossing(doses, effects[those].mean(axis=0)) for those in drawn]
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return Interval(_crossing(doses, effects.mean(axis=0)), float(low), float(high), level, len(effects), "bootstrap")


def _crossing(doses: np.ndarray, mean: np.ndarray) -> float:
    changes = np.flatnonzero(mean[:-1] * mean[1:] <= 0)
    if not len(changes):
        return float(doses[0] if abs(mean[0]) < abs(mean[-1]) else doses[-1])
    i = changes[0]
    step = mean[i] - mean[i + 1]
    return float(doses[i] + (doses[i + 1] - doses[i]) * (mean[i] / step if step else 0.0))
