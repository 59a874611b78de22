"""Averages of a short vector of values (n,), as numpy has them, in a fraction of its time; NaN of none."""

import math

import numpy as np


def mean(value: np.ndarray) -> float:
    """Σ value / n; of yes and no, the share of yes."""
    return float(value.sum() / len(value)) if len(value) else math.nan


def quantile(value: np.ndarray, share: float) -> float:
    """The quantile, linear between two values."""
    if not len(value):
        return math.nan
    v, place = np.sort(value), share * (len(value) - 1)
    low, part = int(place), place - int(place)
    below, above = v[low], v[min(low + 1, len(v) - 1)]
    return float(below + (above - below) * part if part < 0.5 else above - (above - below) * (1 - part))


def median(value: np.ndarray) -> float:
    """The quantile of .5."""
    return quantile(value, 0.5)
