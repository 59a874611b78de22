"""M4: the chance that an attempt is good.

    p = sigmoid(mu(a', s) - s·(√κ·z_r + √ξ·z_{lineage,r} + √(1-κ-ξ)·z_{m,r}))
    logit a' = logit a - e_class - b·derailed

Ability a is the mean success rate over tasks; mu(a', s) solves E[sigmoid(mu + s·z)] = a', z ~ N(0, 1). So a
penalty costs the same at every spread.
"""

import math

import numpy as np

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


@kernel
def penalised(ability, penalty):
    """a' with logit a' = logit a - penalty."""
    return ability / (ability + (1.0 - ability) * math.exp(penalty))


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

    Shapes broadcast. See ``fitted``.
    """
    ability, spread = np.broadcast_arrays(np.asarray(ability, float), np.asarray(spread, float))
    mu = np.empty(ability.size)
    _solve(ability.ravel(), spread.ravel(), mu)
    return mu.reshape(ability.shape)


@kernel
def fitted(ability, spread):
    """mu(a, s) of one model; its mean success rate is right to 1e-10.

    Newton's method on logit E[sigmoid(mu + s·z)] = logit a from logit(a)·√(1 + 0.346 s²), which is within .01 in the
    success rate. On the logit the equation is almost a line, so two or three steps do at any ability.
    """
    rare = min(ability, 1.0 - ability)  # mu(1 - a, s) = -mu(a, s)
    target = math.log(rare / (1.0 - rare))
    mu = target * math.sqrt(1.0 + 0.346 * spread * spread)
    for _ in range(50):
        mean, slope = _mean_and_slope(mu, spread)
        step = (target - math.log(mean / (1.0 - mean))) * mean * (1.0 - mean) / slope
        if step != step:  # the ability is 0 or 1
            break
        most = 2.0 * (1.0 + spread)
        mu += min(max(step, -most), most)
        if abs(step) < 1e-5:  # the next one would be of the order of its square
            break
    return mu if ability < 0.5 else -mu


@kernel
def _mean_and_slope(mu, spread):
    """E[p] and its slope E[p·(1 - p)] in mu, p = sigmoid(mu + spread·z): as ``moment``, with fewer and cheaper nodes.

    Odds and density of the nodes are running products outward from the task that is even, where neither overflows;
    |z| > 8 has a probability of 1e-15.
    """
    step = min(0.5, 0.6 / max(1.0, spread))
    nodes = int(8.0 / step)
    reach = spread * step  # 0 at the least spreads that a float can hold, too
    even = int(min(max(-mu / reach, -1.0 * nodes), 1.0 * nodes)) if reach > 0.0 else 0
    z = even * step
    odds, density = math.exp(-mu - spread * z), math.exp(-0.5 * z * z)
    easier, fade = math.exp(-spread * step), math.exp(-step * step)
    p = 1.0 / (1.0 + odds)
    first, slope = density * p, density * p * (1.0 - p)
    for side in (1, -1):
        here, weight, factor = odds, density, easier if side > 0 else 1.0 / easier
        ratio = math.exp(-step * (side * z + 0.5 * step))
        for _ in range(nodes - side * even):
            here *= factor
            weight *= ratio
            ratio *= fade
            p = 1.0 / (1.0 + here)
            first += weight * p
            slope += weight * p * (1.0 - p)
    scale = step / math.sqrt(2.0 * math.pi)
    return first * scale, slope * scale


@entry
def _moments(mu, spread, k, found):
    for i in range(len(mu)):
        step = min(0.25, 0.6 / max(1.0, spread[i]))
        nodes = int(18.0 / step) + 1
        total = 0.0
        for node in range(nodes):
            z = (node - 0.5 * (nodes - 1)) * step
            total += math.exp(-0.5 * z * z) * success(mu[i], spread[i], -z) ** k
        found[i] = total * (step / math.sqrt(2.0 * math.pi))


@entry
def _solve(ability, spread, mu):
    for i in range(len(mu)):
        mu[i] = fitted(ability[i], spread[i])
