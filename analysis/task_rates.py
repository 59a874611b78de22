"""Success rates over random tasks, p = sigmoid(mu + s·z) with z ~ N(0, 1), of many models at once.

The trapezoid rule on |z| <= 8.5 (what lies beyond has a probability of 2e-17). Models share nodes with those whose
spread is of the same half octave, at the step that `quadrature.task_step` proves exact to rounding for its upper end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import comb

import numpy as np

from analysis.calibration.quadrature import task_step

_HALF_WINDOW = 8.5
_MEAN = 0.346
"""mu is within .01 of logit(a)·√(1 + 0.346 s²): where Newton's method starts."""
_SURE = 300.0
"""Beyond this logit a success rate is 0 or 1, and far from overflow."""
_DONE = 1e-7
"""A step of this size leaves an error of the order of its square."""


@dataclass(frozen=True)
class TaskRates:
    """Of M models: ``mu`` (M,), the logit of the median task; ``passed`` (M, K), E[p^k] for k = 1 .. K."""

    mu: np.ndarray
    passed: np.ndarray

    def missed(self, k: int) -> np.ndarray:
        """E[(1 - p)^k] of each model (M,), k <= K: by the binomial theorem, to 1e-13 for k <= 8."""
        signed = [(-1) ** j * comb(k, j) for j in range(1, k + 1)]
        return 1.0 + self.passed[:, :k] @ signed


def task_rates(ability: np.ndarray, spread: np.ndarray, most: int) -> TaskRates:
    """Rates of models of mean success rate ``ability`` in (0, 1) and ``spread`` >= 0 (both (M,)), k up to ``most``."""
    ability, spread = np.asarray(ability, float), np.asarray(spread, float)
    mu = np.empty(len(ability))
    passed = np.empty((len(ability), most))
    for those, z, weight in _half_octaves(spread, most):
        mu[those], p = _solve(ability[those], spread[those], z, weight)
        power = p.copy()
        for k in range(most):
            passed[those, k] = power @ weight
            power *= p
    return TaskRates(mu, passed)


def _half_octaves(spread: np.ndarray, trials: int) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """(indices of models, nodes, weights) for each half octave of spreads that has any."""
    half_octave = np.ceil(2.0 * np.log2(np.maximum(spread, 1.0)))
    for one in np.unique(half_octave):
        yield np.flatnonzero(half_octave == one), *_nodes(2.0 ** (one / 2.0), trials)


@cache
def _nodes(spread: float, trials: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of the rule."""
    step = task_step(spread, trials)
    half = int(_HALF_WINDOW / step)
    z = step * np.arange(-half, half + 1)
    return z, np.exp(-0.5 * z * z) * step / np.sqrt(2.0 * np.pi)


def _solve(ability, spread, z, weight) -> tuple[np.ndarray, np.ndarray]:
    """mu with E[p] = ability, by Newton's method on the logit, where the equation is almost a line; p (M, nodes)."""
    target = np.log(ability / (1.0 - ability))
    start, reach = target * np.sqrt(1.0 + _MEAN * spread**2), 2.0 * (1.0 + spread)
    against = np.exp(-np.clip(start[:, None] + spread[:, None] * z, -_SURE, _SURE))  # odds of failing at the start
    mu = start.copy()
    for _ in range(50):
        p = 1.0 / (1.0 + np.exp(start - mu)[:, None] * against)
        mean = p @ weight
        slope = mean - (p * p) @ weight
        step = (target - np.log(mean / (1.0 - mean))) * mean * (1.0 - mean) / slope
        mu += np.clip(step, -reach, reach)
        if np.abs(step).max(initial=0.0) < _DONE:
            break
    return mu, 1.0 / (1.0 + np.exp(start - mu)[:, None] * against)
