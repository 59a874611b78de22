"""Indices of concentration. ``x`` is a vector of amounts, each >= 0, one per holder, shape (n,); n holders may have 0.

Where nothing is held (Σx = 0) an index is NaN, but for those that count holders: `nakamoto` and `hill` are then 0.
"""

import math

import numpy as np


def gini(x: np.ndarray) -> float:
    """Gini coefficient, in [0, 1 - 1/n]: Σ(2i - n - 1)·x_i / (n·Σx) over ascending x (Gini 1912)."""
    n, total = len(x), x.sum()
    return float((2 * np.arange(1, n + 1) - n - 1) @ np.sort(x) / (n * total)) if total > 0 else math.nan


def hhi(x: np.ndarray) -> float:
    """Herfindahl-Hirschman index, in [1/n, 1]: Σ(x_i/Σx)² (Herfindahl 1950)."""
    total = x.sum()
    return float(((x / total) ** 2).sum()) if total > 0 else math.nan


def theil(x: np.ndarray) -> float:
    """Theil's T, in [0, ln n]: Σ p_i·ln(n·p_i), p = x/Σx (Theil 1967)."""
    total = x.sum()
    return _divergence(x / total, np.full(len(x), 1 / len(x))) if total > 0 else math.nan


def theil_between(x: np.ndarray, group: np.ndarray) -> float:
    """The part of `theil` between groups, in [0, theil(x)]: Σ P_g·ln(P_g·n/n_g), P_g the share of group g (n_g of n).

    ``group`` (n,) numbers the groups from 0.
    """
    total = x.sum()
    return _divergence(np.bincount(group, x) / total, np.bincount(group) / len(x)) if total > 0 else math.nan


def theil_within(x: np.ndarray, group: np.ndarray) -> float:
    """The part of `theil` within groups, in [0, theil(x)]: Σ P_g·theil(x of group g) (Bourguignon 1979).

    With `theil_between` it adds up to `theil`.
    """
    total = x.sum()
    if total <= 0:
        return math.nan
    return _divergence(x / total, (np.bincount(group, x) / total / np.maximum(np.bincount(group), 1))[group])


def _divergence(p: np.ndarray, q: np.ndarray) -> float:
    """Σ p·ln(p/q) over p > 0; rounding may not carry it below 0."""
    seen = p > 0
    return max(0.0, float(p[seen] @ np.log(p[seen] / q[seen])))


def cr(x: np.ndarray, k: int) -> float:
    """Concentration ratio CR_k, in [min(k/n, 1), 1]: the share of the ``k`` largest holders (Bain 1951)."""
    total = x.sum()
    return float(np.sort(x)[-k:].sum() / total) if total > 0 else math.nan


def nakamoto(x: np.ndarray, share: float) -> int:
    """Nakamoto coefficient: the fewest holders who together have more than ``share`` (Srinivasan and Lee 2017)."""
    total = x.sum()
    if total <= 0:
        return 0
    return int(np.searchsorted(np.cumsum(np.sort(x)[::-1]), share * total, side="right") + 1)


def hill(x: np.ndarray, order: int) -> float:
    """Hill number of ``order`` 0, 1 or 2, in [1, n]: how many equal holders would be as diverse (Hill 1973).

    Order 0 counts those who hold anything, order 1 is exp(-Σ p·ln p), order 2 is 1/`hhi`; in general (Σ p^q)^(1/(1-q)).
    """
    total = x.sum()
    if total <= 0:
        return 0.0
    p = x / total
    p = p[p > 0]
    return float(np.exp(-(p @ np.log(p))) if order == 1 else (p**order).sum() ** (1 / (1 - order)))


def lorenz(x: np.ndarray) -> np.ndarray:
    """Lorenz curve, (n + 1,): the share of Σx that the smallest k of n holders have, k = 0 .. n (Lorenz 1905)."""
    held = np.append(0.0, np.cumsum(np.sort(x)))
    return held / held[-1] if held[-1] > 0 else np.full(len(held), math.nan)


def tail_exponent(x: np.ndarray) -> float:
    """Exponent α > 1 of the density x^-α that the largest tenth follows: Hill's estimate 1 + k / Σ ln(x_i/x_(k+1)).

    The sum is over the k = ⌈m/10⌉ largest of the m holders who have anything (Hill 1975; the tenth: DuMouchel 1983).
    NaN where k < 2, or where the tail is flat. It assumes a power law; `analysis.tails.tail` asks whether it is one.
    """
    held = np.sort(x[x > 0])
    k = -(-len(held) // 10)
    logs = np.log(held[-k:] / held[-k - 1]).sum() if k > 1 else 0.0
    return 1 + k / float(logs) if logs > 0 else math.nan
