"""What a simulation says about a number: a mean with its standard error, from replications or from batch means."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import stats

LEVEL = 0.9999
"""Confidence of an interval: of some 450 comparisons with theory all hold with probability .95 if every law holds."""


@dataclass(frozen=True)
class Estimate:
    """A mean and its standard error; Student's t with ``degrees`` of freedom, normal where they are infinite."""

    mean: float
    error: float
    degrees: float = math.inf

    @classmethod
    def of(cls, values: Iterable[float]) -> "Estimate":
        """From independent values of one distribution: one a replication, a batch, or an observation."""
        values = np.asarray(list(values) if not isinstance(values, np.ndarray) else values, float).ravel()
        return cls(float(values.mean()), float(values.std(ddof=1) / math.sqrt(values.size)), values.size - 1)

    @classmethod
    def of_batches(cls, values: np.ndarray, batches: int = 30) -> "Estimate":
        """From one correlated series in order: the means of ``batches`` long stretches are nearly independent."""
        size = len(values) // batches
        return cls.of(np.asarray(values[: size * batches], float).reshape(batches, size).mean(axis=1))

    def interval(self, level: float = LEVEL) -> tuple[float, float]:
        """The confidence interval of the mean."""
        half = float(stats.t.isf((1 - level) / 2, self.degrees)) * self.error
        return self.mean - half, self.mean + half

    def deviation(self, theory: float) -> float:
        """How far the mean lies from ``theory``, in standard errors."""
        return (self.mean - theory) / self.error

    def agrees(self, theory: float, level: float = LEVEL) -> bool:
        """Whether ``theory`` lies in the interval."""
        low, high = self.interval(level)
        return low <= theory <= high


def replicate(run, seeds: int, first: int = 1) -> np.ndarray:
    """``run(seed)`` for as many seeds: an array with one row a replication."""
    return np.array([run(first + k) for k in range(seeds)])
