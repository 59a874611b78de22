"""Success rates over random tasks, p = sigmoid(mu + s·z) with z ~ N(0, 1), of many models at once.

The trapezoid rule on |z| <= 7 (what lies beyond has a probability of 3e-12). Models share nodes with those whose
spread is of the same half octave, at the step that `quadrature.task_step` proves exact to 1e-11 for its upper end.
"""

import math
from functools import cache
from math import comb

import numpy as np

from analysis.calibration.quadrature import task_step
from analysis.compiled import compiled

_HALF_WINDOW = 7.0
_LOG_TOLERANCE = 25.0
_STEEPEST = 2.0**14
"""The largest spread that is integrated, at a quarter of a million nodes."""
_LARGEST = 700.0
"""exp(±x) is a float of full precision for x up to this."""


def passes(mu: np.ndarray, spread: np.ndarray, most: int) -> np.ndarray:
    """E[p^k] for k = 1 .. ``most``, (M, most), of models of median logit ``mu`` and ``spread`` >= 0, finite ones.

    A larger spread than 2^14 is taken as that, and its mu in proportion: p is then a step at z = -mu/spread, and E[p^k]
    the share Phi(mu/spread) of tasks above it, whatever k. At 8 repeats that makes less than 1e-4.
    """
    mu, spread = np.asarray(mu, float), np.asarray(spread, float)
    beyond = np.maximum(spread / _STEEPEST, 1.0)
    mu, spread = mu / beyond, spread / beyond
    passed = np.zeros((len(mu), most))
    half_octave = np.ceil(2.0 * np.log2(np.maximum(spread, 1.0))).astype(int)
    for one in np.flatnonzero(np.bincount(half_octave)):
        _integrate(passed, np.flatnonzero(half_octave == one), mu, spread, *_nodes(2.0 ** (one / 2), most))
    return passed


@compiled
def _integrate(
    passed: np.ndarray, those: np.ndarray, mu: np.ndarray, spread: np.ndarray, step: float, weights: np.ndarray
) -> None:
    """Add to the rows ``those`` of ``passed`` their sums over `_nodes`, of which (1 - p)/p is a geometric series.

    Its factors are taken apart where they are floats; an exponential that is none is infinite, and its p 0.
    """
    for model in those:
        odds, ratio, far = math.exp(-mu[model]), math.exp(-spread[model] * step), 1.0
        apart = abs(mu[model]) + _HALF_WINDOW * spread[model] < _LARGEST
        for node, weight in enumerate(weights):
            if apart:
                above, below = 1.0 / (1.0 + odds * far), 1.0 / (1.0 + odds / far)
                far *= ratio
            else:
                away = spread[model] * step * node
                above, below = 1.0 / (1.0 + math.exp(-mu[model] - away)), 1.0 / (1.0 + math.exp(away - mu[model]))
            high, low = weight * above, weight * below
            for k in range(passed.shape[1]):
                passed[model, k] += high + low
                high *= above
                low *= below


def misses(passed: np.ndarray, k: int) -> np.ndarray:
    """E[(1 - p)^k] of each model (M,) from its ``passes``, k <= their number: the binomial theorem, to 1e-11."""
    signed = [(-1) ** j * comb(k, j) for j in range(1, k + 1)]
    return 1.0 + passed[:, :k] @ signed


@cache
def _nodes(spread: float, trials: int) -> tuple[float, np.ndarray]:
    """The step of the rule, and its weights at z = 0, ±step, ±2·step, ..; 0 has half of its own from either side."""
    step = task_step(spread, trials, log_tolerance=_LOG_TOLERANCE)
    z = step * np.arange(int(_HALF_WINDOW / step) + 1)
    weights = np.exp(-0.5 * z * z) * step / np.sqrt(2.0 * np.pi)
    weights[0] /= 2.0
    return step, weights
