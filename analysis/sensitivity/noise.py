"""What seeds do to a mean over them, seen from how far they lie apart in the same world."""

import numpy as np

DUMMY = "dummy"
"""Name of the coordinate that stands for no constant: where it changes, other seeds are drawn."""


def own_variance(values: np.ndarray, other: np.ndarray | None = None) -> np.ndarray:
    """The variance of the mean over seeds, the last axis of ``values``; with ``other`` its covariance with that mean.

    Unbiased, from the seeds of one world: s²/n, or cov/n where both have the same seeds.
    """
    other = values if other is None else other
    seeds = values.shape[-1]
    off, at = (one - one.mean(-1, keepdims=True) for one in (values, other))
    return (off * at).sum(-1) / (seeds - 1) / seeds


def noise_share(values: np.ndarray) -> float:
    """Share of the variance of means between worlds that is the seeds', of ``values`` (worlds, seeds); NaN: none."""
    variance = np.var(values.mean(1), ddof=1)
    return float(own_variance(values).mean() / variance) if variance > 0 else float("nan")
