"""Ranks, ties sharing their mean, and the correlation of ranks."""

import math

import numpy as np

from analysis.averages import mean
from analysis.compiled import compiled


def by_number(number: np.ndarray) -> np.ndarray:
    """The order that sorts whole numbers >= 0, (rows,), and leaves alike ones as they stand.

    Small ones are sorted as 16 bits, digit by digit.
    """
    small = number.max(initial=0) < 2**16
    return np.argsort(number.astype(np.uint16) if small else number, kind="stable")


def dense(number: np.ndarray) -> np.ndarray:
    """Whole numbers >= 0, (rows,), numbered anew without gaps, in their order: what np.unique says, without sorting."""
    return (np.cumsum(np.bincount(number) > 0) - 1)[number]


def rank_within(group: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Mean rank of each value among those of its group, over their number: in (0, 1], shape (rows,); no NaN among them.

    ``group`` (rows,) are small numbers from 0. What pandas gives as ``groupby(group).rank(pct=True)``, in a fraction of
    the time.
    """
    order, many = value.argsort(), np.bincount(group)
    order = order[by_number(group[order])]
    return (_places(order, group, value) - (np.cumsum(many) - many)[group]) / many[group]


def ranks(value: np.ndarray) -> np.ndarray:
    """Mean rank of each value, from 1, ties sharing it: (n,). All NaN where one of them is."""
    order = value.argsort()
    if len(value) and np.isnan(value[order[-1]]):
        return np.full(len(value), math.nan)
    return _places(order, np.zeros(len(value), int), value)


@compiled
def _places(order: np.ndarray, group: np.ndarray, value: np.ndarray) -> np.ndarray:
    """The place of each row, from 1, in the ``order`` that sorts them by group and value, alike ones sharing theirs."""
    place, begin = np.empty(len(order)), 0
    for end in range(1, len(order) + 1):
        first = order[begin]
        if end == len(order) or group[order[end]] != group[first] or value[order[end]] != value[first]:
            for row in range(begin, end):
                place[order[row]] = (begin + 1 + end) / 2
            begin = end
    return place


def spearman(x: np.ndarray, y: np.ndarray) -> float:
    """Spearman's ρ of two vectors (n,), in [-1, 1]; NaN where either has but one value, or one that is NaN."""
    return correlation(ranks(x), ranks(y))


def correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Pearson's r of two vectors (n,), in [-1, 1]; `spearman` where they are `ranks`. NaN where either is constant."""
    if not len(x):
        return math.nan
    a, b = x - mean(x), y - mean(y)
    scale = math.sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / scale if scale > 0 else math.nan
