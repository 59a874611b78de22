"""Which regressor explains how much: R² shared out as by Shapley; Lindeman, Merenda and Gold 1980 (LMG)."""

from itertools import combinations
from math import comb

import numpy as np


def lmg(gram: np.ndarray) -> np.ndarray:
    """Each regressor's share of R², (p,): its mean gain in R² over all orders in which regressors can enter.

    ``gram`` (p + 1, p + 1) has the sums of products of the centred regressors and, last, of what they explain. The
    shares are >= 0 and sum to the R² of all; a constant regressor has none. NaN where there is nothing to explain.
    """
    p = len(gram) - 1
    if not gram[p, p] > 0.0:
        return np.full(p, np.nan)
    scale = np.sqrt(np.diag(gram))
    scale[scale == 0.0] = np.inf
    correlation = gram / np.outer(scale, scale)
    explained = {subset: _r2(correlation, subset) for size in range(p + 1) for subset in combinations(range(p), size)}
    shares = np.zeros(p)
    for subset, r2 in explained.items():
        for i in set(range(p)) - set(subset):
            gain = explained[tuple(sorted((*subset, i)))] - r2
            shares[i] += gain / (p * comb(p - 1, len(subset)))
    return shares


def _r2(correlation: np.ndarray, subset: tuple[int, ...]) -> float:
    """R² of the last variable on those of ``subset``, whether or not they are independent."""
    if not subset:
        return 0.0
    with_it = correlation[-1, subset]
    return float(with_it @ np.linalg.pinv(correlation[np.ix_(subset, subset)], hermitian=True) @ with_it)
