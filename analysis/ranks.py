"""Ranks, ties sharing their mean, and the correlation of ranks."""

import math

import numpy as np

from analysis.averages import mean


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
    """Mean rank of each value among those of its group, over their number: in (0, 1], shape (rows,).

    ``group`` (rows,) are small numbers from 0. What pandas gives as ``groupby(group).rank(pct=True)``, in a fraction of
    the time.
    """
    if not len(value):
        return np.empty(0)
    order = value.argsort()
    order = order[by_number(group[order])]
    g, v, rank = group[order], value[order], np.empty(len(value))
    last, sizes = _ties((g[1:] != g[:-1]) | (v[1:] != v[:-1]))
    of, many = g[last], np.bincount(g)
    before = np.cumsum(many) - many
    rank[order] = np.repeat((last + (3 - sizes) / 2 - before[of]) / many[of], sizes)
    return rank


def ranks(value: np.ndarray) -> np.ndarray:
    """Mean rank of each value, from 1, ties sharing it: (n,). All NaN where one of them is."""
    order = value.argsort()
    v, rank = value[order], np.empty(len(value))
    if len(v) and np.isnan(v[-1]):
        return np.full(len(v), math.nan)
    differs = v[1:] != v[:-1]
    if differs.all():
        rank[order] = np.arange(1.0, len(v) + 1)
    else:
        last, sizes = _ties(differs)
        rank[order] = np.repeat(last + (3 - sizes) / 2, sizes)
    return rank


def _ties(differs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(where the last of each tie stands, from 0; how many share it), of sorted values of which each but the first
    ``differs`` from the one before."""
    ends = np.concatenate(([-1], np.flatnonzero(differs), [len(differs)]))
    return ends[1:], ends[1:] - ends[:-1]


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
