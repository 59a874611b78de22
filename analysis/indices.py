"""Indices of concentration of amounts, each >= 0, one per holder; n holders may have 0.

``x`` is the vector of amounts, (n,), or the `Holders` of one, which work out once what several indices need. Where
nothing is held (Σx = 0) an index is NaN, but for those that count holders: `nakamoto` and `hill` are then 0.
"""

import math
from functools import cached_property

import numpy as np


class Holders:
    """Amounts ``x`` (n,), their sum ``total``, and what follows from both when it is asked for."""

    def __init__(self, x: np.ndarray):
        self.x, self.total = x, x.sum()

    @cached_property
    def ascending(self) -> np.ndarray:
        """The amounts from the least to the largest, (n,)."""
        return np.sort(self.x)

    @cached_property
    def largest(self) -> np.ndarray:
        """What the 1, 2, .. n largest have together, (n,)."""
        return np.cumsum(self.ascending[::-1])

    @cached_property
    def shares(self) -> np.ndarray:
        """The share of each in the total, (n,)."""
        return self.x / self.total

    @cached_property
    def entropy(self) -> float:
        """-Σ p·ln p over shares p > 0 (Shannon 1948)."""
        p = self.shares[self.shares > 0]
        return -float(p @ np.log(p))

    @cached_property
    def squares(self) -> float:
        """Σ p² over shares p."""
        return float((self.shares**2).sum())


def holders(x: np.ndarray | Holders) -> Holders:
    """``x`` as `Holders`."""
    return x if isinstance(x, Holders) else Holders(x)


def gini(x: np.ndarray | Holders) -> float:
    """Gini coefficient, in [0, 1 - 1/n]: Σ(2i - n - 1)·x_i / (n·Σx) over ascending x (Gini 1912)."""
    x = holders(x)
    n = len(x.x)
    return float(np.arange(1.0 - n, n, 2.0) @ x.ascending / (n * x.total)) if x.total > 0 else math.nan


def hhi(x: np.ndarray | Holders) -> float:
    """Herfindahl-Hirschman index, in [1/n, 1]: Σ(x_i/Σx)² (Herfindahl 1950)."""
    x = holders(x)
    return x.squares if x.total > 0 else math.nan


def theil(x: np.ndarray | Holders) -> float:
    """Theil's T, in [0, ln n]: Σ p_i·ln(n·p_i), p = x/Σx (Theil 1967)."""
    x = holders(x)
    return max(0.0, math.log(len(x.x)) - x.entropy) if x.total > 0 else math.nan  # Σ p·ln p + ln n, as Σ p = 1


def theil_between(x: np.ndarray | Holders, group: np.ndarray) -> float:
    """The part of `theil` between groups, in [0, theil(x)]: Σ P_g·ln(P_g·n/n_g), P_g the share of group g (n_g of n).

    ``group`` (n,) numbers the groups from 0.
    """
    x = holders(x)
    if x.total <= 0:
        return math.nan
    return _divergence(np.bincount(group, x.x) / x.total, np.bincount(group) / len(group))


def theil_within(x: np.ndarray | Holders, group: np.ndarray) -> float:
    """The part of `theil` within groups, in [0, theil(x)]: Σ P_g·theil(x of group g) (Bourguignon 1979).

    With `theil_between` it adds up to `theil`.
    """
    x = holders(x)
    if x.total <= 0:
        return math.nan
    return _divergence(x.shares, (np.bincount(group, x.x) / x.total / np.maximum(np.bincount(group), 1))[group])


def _divergence(p: np.ndarray, q: np.ndarray) -> float:
    """Σ p·ln(p/q) over p > 0; rounding may not carry it below 0."""
    seen = p > 0
    p = p[seen]
    return max(0.0, float(p @ np.log(p / q[seen])))


def cr(x: np.ndarray | Holders, k: int) -> float:
    """Concentration ratio CR_k, in [min(k/n, 1), 1]: the share of the ``k`` largest holders (Bain 1951)."""
    x = holders(x)
    return float(x.largest[:k][-1] / x.total) if x.total > 0 else math.nan


def nakamoto(x: np.ndarray | Holders, share: float) -> int:
    """Nakamoto coefficient: the fewest holders who together have more than ``share`` (Srinivasan and Lee 2017)."""
    x = holders(x)
    return int(x.largest.searchsorted(share * x.total, side="right") + 1) if x.total > 0 else 0


def hill(x: np.ndarray | Holders, order: int) -> float:
    """Hill number of ``order`` 0, 1 or 2, in [1, n]: how many equal holders would be as diverse (Hill 1973).

    Order 0 counts those who hold anything, order 1 is exp(-Σ p·ln p), order 2 is 1/`hhi`; in general (Σ p^q)^(1/(1-q)).
    """
    x = holders(x)
    if x.total <= 0:
        return 0.0
    if order == 0:
        return float(np.count_nonzero(x.x))
    return math.exp(x.entropy) if order == 1 else 1 / x.squares


def lorenz(x: np.ndarray | Holders) -> np.ndarray:
    """Lorenz curve, (n + 1,): the share of Σx that the smallest k of n holders have, k = 0 .. n (Lorenz 1905)."""
    held = np.append(0.0, np.cumsum(holders(x).ascending))
    return held / held[-1] if held[-1] > 0 else np.full(len(held), math.nan)


def tail_exponent(x: np.ndarray | Holders) -> float:
    """Exponent α > 1 of the density x^-α that the largest tenth follows: Hill's estimate 1 + k / Σ ln(x_i/x_(k+1)).

    The sum is over the k = ⌈m/10⌉ largest of the m holders who have anything (Hill 1975; the tenth: DuMouchel 1983).
    NaN where k < 2, or where the tail is flat. It assumes a power law; `analysis.tails.tail` asks whether it is one.
    """
    ascending = holders(x).ascending
    k = -(-np.count_nonzero(ascending) // 10)
    logs = np.log(ascending[-k:] / ascending[-k - 1]).sum() if k > 1 else 0.0
    return 1 + k / float(logs) if logs > 0 else math.nan
