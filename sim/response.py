"""M4: the chance that an attempt is good.

    p = sigmoid(mu(a', s) - s·(√κ·z_r + √ξ·z_{lineage,r} + √(1-κ-ξ)·z_{m,r}))
    logit a' = logit a - e_class - b·derailed

Ability a is the mean success rate over tasks; mu(a', s) solves E[sigmoid(mu + s·z)] = a', z ~ N(0, 1). So a
penalty costs the same at every spread.
"""

import math

import numpy as np
from scipy.special import expit, logit

from sim.compiling import entry, kernel
from sim.streams import LINEAGE, TASK, draw, normal


@kernel
def latent(seed, session, difficulty, uid, lineage, shared, kin, own):
    """Latent difficulty of a session for a model: √κ·z_r + √ξ·z_{lineage,r} + √(1-κ-ξ)·z_{m,r}, standard normal.

    ``shared, kin, own`` are the three roots. Frozen per (session, model): a retry meets the same task.
    """
    z = shared * difficulty
    if kin > 0.0:
        z += kin * normal(draw(seed, LINEAGE, session, 0, 0, lineage)[0])
    if own > 0.0:
        z += own * normal(draw(seed, TASK, session, 0, 0, uid)[0])
    return z


@kernel
def success(mu, spread, z):
    """Probability that an attempt at latent difficulty ``z`` is good."""
    return 1.0 / (1.0 + math.exp(spread * z - mu))


@kernel
def succeeds(u, mu, spread, z):
    """Whether a uniform number ``u`` is below ``success(mu, spread, z)``, without the division."""
    return u * (1.0 + math.exp(spread * z - mu)) < 1.0


def moment(mu: np.ndarray, spread: np.ndarray, k: int = 1) -> np.ndarray:
    """E[sigmoid(mu + spread·z)**k] over z ~ N(0, 1): pass^k of tasks drawn at random, k >= 1. Shapes broadcast.

    The trapezoid rule on |z| <= 9, with a step tuned to the spread. The integrand is analytic in a strip of half-width
    π/spread, so the error falls as exp(-2π·half-width/step), times a factor that grows with the order k of the poles at
    its edge: below 1e-9 here. (32 fixed Gauss-Hermite nodes are 10 % off at spread 6, 27 % at 12.)
    """
    mu, spread = np.broadcast_arrays(np.asarray(mu, float), np.asarray(spread, float))
    found = np.empty(mu.size)
    _moments(mu.ravel(), spread.ravel(), float(k), found)
    return found.reshape(mu.shape)


def median_logit(ability: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """mu(a, s): the logit of the median task of a model with mean success rate ``ability`` in (0, 1).

    Newton's method from logit(a)·√(1 + 0.346 s²), which is within .01 in the success rate. Shapes broadcast.
    """
    ability, spread = np.broadcast_arrays(np.asarray(ability, float), np.asarray(spread, float))
    mu = (logit(ability) * np.sqrt(1.0 + 0.346 * spread**2)).ravel()
    _solve(ability.ravel(), spread.ravel(), mu)
    return mu.reshape(ability.shape)


@kernel
def _two_moments(mu, spread, k):
    """E[p] and E[p**k]."""
    step = min(0.25, 0.6 / max(1.0, spread))
    nodes = int(18.0 / step) + 1
    first = second = 0.0
    for node in range(nodes):
        z = (node - 0.5 * (nodes - 1)) * step
        p = success(mu, spread, -z)
        density = math.exp(-0.5 * z * z)
        first += density * p
        second += density * p**k
    scale = step / math.sqrt(2.0 * math.pi)
    return first * scale, second * scale


@entry
def _moments(mu, spread, k, found):
    for i in range(len(mu)):
        found[i] = _two_moments(mu[i], spread[i], k)[1]


@entry
def _solve(ability, spread, mu):
    for i in range(len(mu)):
        for _ in range(50):
            first, second = _two_moments(mu[i], spread[i], 2.0)
            # d/dmu E[sigmoid] = E[sigmoid·(1 - sigmoid)]
            step = min(max((ability[i] - first) / max(first - second, 1e-12), -2.0), 2.0)
            mu[i] += step
            if abs(step) < 1e-10:
                break


def penalised(ability: np.ndarray, penalty: np.ndarray) -> np.ndarray:
    """a' with logit a' = logit a - penalty."""
    return expit(logit(ability) - penalty)
