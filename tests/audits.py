"""Audited windows as the data plane would report them, drawn from M4's law: turns of one session share its z."""

from functools import lru_cache

import numpy as np
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import norm

from sim import config
from sim.records import LATENCY_BINS, C, Counters, N


def evidence_config(**changes) -> config.Evidence:
    """An evidence section that never forgets, with a uniform prior."""
    base = dict(half_life_days=1e12, quantile=0.1, bound="lower", prior_good=1.0, prior_bad=1.0, audit=0.1,
                visibility=0.5, pool=10.0, windows=100, design_effect=True)
    return config.Evidence(**base | changes)


def window(models: int, **columns) -> Counters:
    """Counters of one window in which only the named columns, such as ``AUDITED_GOOD=[3, 5]``, are not 0."""
    table = np.zeros((models, len(C)), np.int64)
    for name, values in columns.items():
        table[:, C[name]] = values
    none = np.zeros(models, np.int64)
    return Counters(table, np.zeros(len(N), np.int64), np.zeros(LATENCY_BINS, np.int64), none, none, none == 0, 0)


@lru_cache
def location(ability: float, spread: float) -> float:
    """mu with E[sigmoid(mu + spread·z)] = ability, by adaptive quadrature."""
    if spread == 0:
        return float(logit(ability))

    def excess(mu):
        kink = [min(max(-mu / spread, -8.0), 8.0)]
        return quad(lambda z: expit(mu + spread * z) * norm.pdf(z), -9, 9, points=kink, limit=200)[0] - ability

    return brentq(excess, -10 * spread, 10 * spread)


def sessions(rng, models: int, sessions: int, turns_mean: float, ability: float, spread: float) -> Counters:
    """One window: each model has so many audited sessions of 1 + geometric turns, which share z; no retries."""
    n = rng.geometric(1.0 / turns_mean, (models, sessions))
    g = rng.binomial(n, expit(location(ability, spread) + spread * rng.standard_normal(n.shape)))
    total, good = n.sum(axis=1), g.sum(axis=1)
    return window(models, AUDITED_GOOD=good, AUDITED_LOST=total - good, CLUSTER_N=total, CLUSTER_G=good,
                  CLUSTER_GG=(g * g).sum(axis=1), CLUSTER_GN=(g * n).sum(axis=1), CLUSTER_NN=(n * n).sum(axis=1))


def binomial_interval(share: float, runs: int, z: float = 3.29) -> tuple[float, float]:
    """Where the observed share of ``runs`` falls in 999 of 1,000 cases."""
    half = z * np.sqrt(share * (1.0 - share) / runs)
    return share - half, share + half
