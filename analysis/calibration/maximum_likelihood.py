"""Maximum likelihood of (mu, s) for one model from its counts of successes per task.

c of n successes on a task are binomial under p = sigmoid(mu + s z), z ~ N(0, 1) independent between tasks. Gradient and
observed information are exact (Louis, JRSS B 44, 1982): with x = (1, z) and posterior means given (n, c),
``score = E[(c - n p) x]`` and ``information = E[n p (1-p) x x'] - Cov[(c - n p) x]``.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit

from analysis.calibration.quadrature import log_choose, posterior

SPREAD_MAX = 30.0  # logit; beyond it every task passes always or never, and 30 and infinity predict the same
_SPREAD_MIN = 0.01
_CHUNK = 128
_STARTS = (0.5, 2.0, 6.0)


@dataclass(frozen=True)
class Fit:
    """One model's fit. ``mu``, ``spread`` in logits; ``covariance`` of (mu, s), NaN where it is not identified."""

    mu: float
    spread: float
    covariance: np.ndarray
    loglik: float
    note: str | None = None


def score_and_information(mu, spread, successes, trials):
    """log-likelihood (cells,), score (cells, 2) and observed information (cells, 2, 2) of each (c, n)."""
    c, n = np.asarray(successes, float), np.asarray(trials, float)
    if len(c) > _CHUNK:  # many distinct counts come with many trials, hence many nodes: bound the memory
        pieces = range(0, len(c), _CHUNK)
        parts = [score_and_information(mu, spread, c[i : i + _CHUNK], n[i : i + _CHUNK]) for i in pieces]
        return tuple(np.concatenate(part) for part in zip(*parts, strict=True))
    loglik, z, weight = posterior(mu, spread, c, n)
    p = expit(mu + spread * z)
    residual = c[:, None] - n[:, None] * p
    x = np.stack([np.ones_like(z), z], axis=1)
    score = np.einsum("tq,tq,tiq->ti", weight, residual, x)
    curvature = weight * (n[:, None] * p * (1 - p) - residual**2)
    information = np.einsum("tq,tiq,tjq->tij", curvature, x, x) + score[:, :, None] * score[:, None, :]
    return loglik + log_choose(n, c), score, information


def _stretch(spread):
    """Ratio of mu to the logit of ability, within .01 (Zeger, Liang and Albert, Biometrics 44, 1988)."""
    return np.sqrt(1 + 0.346 * spread**2)


def _climb(c, n, repeats, starts):
    """The highest (loglik, mu, s), climbing from the best of ``starts``.

    Starts and steps are in (mu/stretch, log s), which are nearly uncorrelated.
    """

    def loss(theta):
        spread = np.exp(theta[1])
        stretch = _stretch(spread)
        loglik, score, _ = score_and_information(theta[0] * stretch, spread, c, n)
        by_mu, by_spread = repeats @ score
        gradient = [by_mu * stretch, spread * (by_spread + by_mu * theta[0] * 0.346 * spread / stretch)]
        return -(repeats @ loglik), -np.array(gradient)

    bounds = [(-20.0, 20.0), (np.log(_SPREAD_MIN), np.log(SPREAD_MAX))]
    start = min(starts, key=lambda theta: loss(theta)[0])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-13, "gtol": 1e-7})
    spread = float(np.exp(found.x[1]))
    return -float(found.fun), float(found.x[0] * _stretch(spread)), spread


def _covariance(information):
    """Inverse of the observed information; NaN where it is not positive definite."""
    if np.linalg.eigvalsh(information)[0] <= 1e-10 * abs(np.trace(information)):
        return np.full((2, 2), np.nan)
    return np.linalg.inv(information)


def fit(successes, trials) -> Fit:
    """Maximum likelihood of (mu, s) for counts of shape (tasks,), n >= 1.

    At the edges of the model the maximum is not an inner one and says so in ``note``: all trials the same (mu infinite:
    NaN), no task tried twice (spread not identified: NaN), no more difference between tasks than chance makes (spread
    0, with the binomial error of mu), every task always or never (spread at ``SPREAD_MAX``, no errors).
    """
    cells, repeats = np.unique(np.stack([successes, trials]), axis=1, return_counts=True)
    c, n = cells.astype(float)
    rate, total = (repeats @ c) / (repeats @ n), repeats @ n
    unknown = np.full((2, 2), np.nan)
    if rate in (0.0, 1.0):
        return Fit(np.nan, np.nan, unknown, 0.0, f"every trial {'succeeded' if rate else 'failed'}: mu is infinite")
    if n.max() < 2:
        return Fit(np.nan, np.nan, unknown, np.nan, "no task was tried twice: the spread is not identified")
    middle = logit(rate)
    loglik, mu, spread = _climb(c, n, repeats, [np.array([middle, np.log(s)]) for s in _STARTS])
    flat = float(repeats @ (log_choose(n, c) + c * np.log(rate) + (n - c) * np.log1p(-rate)))
    if loglik <= flat + 1e-6:
        covariance = np.array([[1 / (total * rate * (1 - rate)), np.nan], [np.nan, np.nan]])
        note = "tasks differ no more than chance: spread at its lower bound 0"
        return Fit(float(middle), 0.0, covariance, flat, note)
    if spread > 0.999 * SPREAD_MAX:
        note = f"almost every task passes always or never: spread at its upper bound {SPREAD_MAX:g}"
        return Fit(mu, SPREAD_MAX, unknown, loglik, note)
    information = np.einsum("t,tij->ij", repeats, score_and_information(mu, spread, c, n)[2])
    return Fit(mu, spread, _covariance(information), loglik)
