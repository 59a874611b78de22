"""How concentrated a distribution is. Arguments are non-negative amounts, one per holder, shape (n,)."""

import numpy as np


def hhi(amounts: np.ndarray) -> float:
    """Herfindahl-Hirschman index: the sum of squared shares, in [1/n, 1]; NaN where there is nothing to share."""
    total = amounts.sum()
    return float(((amounts / total) ** 2).sum()) if total > 0 else np.nan


def gini(amounts: np.ndarray) -> float:
    """Gini coefficient, in [0, 1 - 1/n]: Σ(2i - n - 1)·x_i / (n·Σx) over ascending x; NaN where there is nothing."""
    n, total = len(amounts), amounts.sum()
    return float((2 * np.arange(1, n + 1) - n - 1) @ np.sort(amounts) / (n * total)) if total > 0 else np.nan


def top1_share(amounts: np.ndarray) -> float:
    """Share of the largest holder, in [1/n, 1]; NaN where there is nothing."""
    total = amounts.sum()
    return float(amounts.max() / total) if total > 0 else np.nan


def nakamoto(amounts: np.ndarray, share: float) -> int:
    """Nakamoto coefficient: the fewest holders who together have more than ``share``; 0 where there is nothing."""
    total = amounts.sum()
    if total <= 0:
        return 0
    held = np.cumsum(np.sort(amounts)[::-1])
    return int(np.searchsorted(held, share * total, side="right") + 1)
