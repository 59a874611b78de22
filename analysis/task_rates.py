"""Success rates over random tasks, p = sigmoid(mu + s·z) with z ~ N(0, 1), of many models at once.

The trapezoid rule on |z| <= 7 (what lies beyond has a probability of 3e-12). Models share nodes with those whose
spread is of the same half octave, at the step that `quadrature.task_step` proves exact to 1e-11 for its upper end.
"""

from collections.abc import Iterator
from functools import cache
from math import comb

import numpy as np

from analysis.calibration.quadrature import task_step

_HALF_WINDOW = 7.0
_LOG_TOLERANCE = 25.0


def passes(mu: np.ndarray, spread: np.ndarray, most: int) -> np.ndarray:
    """E[p^k] for k = 1 .. ``most``, (M, most), of models of median logit ``mu`` and ``spread`` >= 0, both (M,)."""
    mu, spread = np.asarray(mu, float), np.asarray(spread, float)
    passed = np.empty((len(mu), most))
    for those, z, weight in _half_octaves(spread, most):
        p = np.stack([spread[those], mu[those]], axis=1) @ -np.stack([z, np.ones(len(z))])
        with np.errstate(over="ignore"):  # a rate of 0
            np.exp(p, out=p)  # in place from here on: what takes time is memory
        p += 1.0
        np.reciprocal(p, out=p)
        power, here = p.copy(), np.empty((most, len(those)))
        here[0] = p @ weight
        for k in range(1, most):
            power *= p
            here[k] = power @ weight
        passed[those] = here.T
    return passed


def misses(passed: np.ndarray, k: int) -> np.ndarray:
    """E[(1 - p)^k] of each model (M,) from its ``passes``, k <= their number: the binomial theorem, to 1e-11."""
    signed = [(-1) ** j * comb(k, j) for j in range(1, k + 1)]
    return 1.0 + passed[:, :k] @ signed


def _half_octaves(spread: np.ndarray, trials: int) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """(indices of models, nodes, weights) for each half octave of spreads that has any."""
    half_octave = np.ceil(2.0 * np.log2(np.maximum(spread, 1.0))).astype(int)
    for one in np.flatnonzero(np.bincount(half_octave)):
        yield np.flatnonzero(half_octave == one), *_nodes(2.0 ** (one / 2), trials)


@cache
def _nodes(spread: float, trials: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of the rule."""
    step = task_step(spread, trials, log_tolerance=_LOG_TOLERANCE)
    half = int(_HALF_WINDOW / step)
    z = step * np.arange(-half, half + 1)
    return z, np.exp(-0.5 * z * z) * step / np.sqrt(2.0 * np.pi)
