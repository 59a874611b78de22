"""Which regressor explains how much: R² shared out as by Shapley; Lindeman, Merenda and Gold 1980 (LMG)."""

from functools import cache
from math import comb

import numpy as np

from analysis.compiled import compiled

_NEW = 1e-14
"""Part of a regressor's variance up to which those before it leave it nothing of its own."""


def lmg(gram: np.ndarray) -> np.ndarray:
    """Each regressor's share of R², (p,): its mean gain in R² over all orders in which regressors can enter.

    ``gram`` (p + 1, p + 1) has the sums of products of the centred regressors and, last, of what they explain. The
    shares are >= 0 and sum to the R² of all; a constant regressor has none. NaN where there is nothing to explain, or a
    sum is not finite.
    """
    p = len(gram) - 1
    if not gram[p, p] > 0.0 or not np.isfinite(gram).all():
        return np.full(p, np.nan)
    scale = np.sqrt(np.diag(gram))
    scale[scale == 0.0] = np.inf
    correlation = gram / np.outer(scale, scale)
    inside, without, orders = _sets(p)
    r2 = _explained(correlation, inside)
    gains = r2[without + 2 ** np.arange(p)[:, None]] - r2[without]
    return (gains / orders).sum(axis=1)


@cache
def _sets(p: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sets of regressors, numbered by their bits: (who is inside, (sets, p); the numbers of those without regressor i,
    (p, sets / 2); and how many times as many orders there are as orders in which just such a one comes before i)."""
    inside = np.arange(2**p)[:, None] >> np.arange(p) & 1
    without = np.stack([np.flatnonzero(inside[:, i] == 0) for i in range(p)])
    return inside, without, p * np.vectorize(comb)(p - 1, inside[without].sum(axis=2))


@compiled
def _explained(correlation: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """R² of the last variable on each set of regressors, whether or not they are independent: (sets,).

    Regressors enter one after the other, each of those that are to follow less what it explains of them.
    """
    sets, p = inside.shape
    r2 = np.zeros(sets)
    for one in range(sets):
        left = correlation.copy()
        for i in range(p):
            if inside[one, i] and left[i, i] > _NEW:
                r2[one] += left[i, p] ** 2 / left[i, i]
                left -= np.outer(left[:, i], left[i] / left[i, i])
    return r2
