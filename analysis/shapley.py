"""Which regressor explains how much: R² shared out as by Shapley; Lindeman, Merenda and Gold 1980 (LMG)."""

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
    inside = np.arange(2**p)[:, None] >> np.arange(p) & 1  # row: a set of regressors, by the bits of its number
    r2 = _explained(correlation, inside)
    shares = np.zeros(p)
    for i in range(p):
        without = np.flatnonzero(inside[:, i] == 0)
        orders = p * np.array([comb(p - 1, size) for size in inside[without].sum(axis=1)])
        shares[i] = ((r2[without + 2**i] - r2[without]) / orders).sum()
    return shares


def _explained(correlation: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """R² of the last variable on each set of regressors, whether or not they are independent: (sets,).

    The pseudo-inverse of a matrix with empty rows and columns is that of the rest.
    """
    among = correlation[:-1, :-1] * inside[:, :, None] * inside[:, None, :]
    with_it = correlation[-1, :-1] * inside
    return np.einsum("si,sij,sj->s", with_it, np.linalg.pinv(among, hermitian=True), with_it)
