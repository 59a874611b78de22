"""Draws that cost a peer little."""

from collections.abc import Iterator

import numpy as np


def normals(seed: int, batch: int = 8192) -> Iterator[float]:
    """Standard normals one by one, drawn in batches."""
    generator = np.random.default_rng(seed)
    while True:
        yield from generator.standard_normal(batch).tolist()


def cumulative(weights: np.ndarray) -> list[float]:
    """Cumulative shares, which end at 1."""
    total = np.cumsum(weights)
    return (total / total[-1]).tolist()
