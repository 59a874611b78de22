"""Random networks at a tick, for tests of allocation and shares."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from sim import config
from sim.router.views import Catalogue, EvidenceView

PUBLIC = ["uniform", "inverse_square_price", "capacity", "showcase", "proportional", "softmax", "greedy",
          "epsilon_greedy", "thompson", "ucb", "lcb", "cvar", "stake_weighted", "reinforced"]


def world(seed: int, n: int):
    """Random evidence and catalogue of n models in two domains."""
    rng = np.random.default_rng(seed)
    alpha, beta = rng.gamma(2.0, 20.0, n) + 1.0, rng.gamma(2.0, 20.0, n) + 1.0
    size = rng.integers(0, 30, (n, 20))
    windows = np.stack([size, rng.binomial(size, (alpha / (alpha + beta))[:, None])], axis=-1).astype(np.float32)
    evidence = EvidenceView(alpha, beta, alpha, rng.integers(0, 9999, n), windows, 1.0 + 3.0 * rng.random(n), 0.1)
    evidence = replace(evidence, confidence=evidence.lower)
    catalogue = Catalogue(uid=np.arange(n), domain=np.arange(n) % 2, developer=rng.integers(0, 5, n),
                          price=rng.lognormal(-3.0, 1.0, n), slots=rng.integers(1, 9, n), stake=rng.gamma(1.0, 1e3, n),
                          demo_score=rng.random(n), admitted_day=-10.0 * rng.random(n))
    return evidence, catalogue


def router(**changes):
    """A router section with the sections of the rules."""
    base = dict(allocation="proportional", sandbox_share=0.05, share_cap=1.0, slow_start_days=0.0, slow_start_min=0.1,
                showcase=config.Showcase(8.0), proportional=config.Proportional(8.0), softmax=config.Softmax(0.05),
                epsilon_greedy=config.EpsilonGreedy(0.1), cvar=config.Tail(0.1, 8.0),
                stake_weighted=config.StakeWeighted(2.0, 1.0, 2000.0))
    return SimpleNamespace(**base | changes)


def confidence_view(confidence):
    """Well-known models of these confidences, seen 100 times, without windows."""
    c = np.asarray(confidence, float)
    return EvidenceView(100 * c + 1, 100 * (1 - c) + 1, c, np.zeros(len(c)), np.zeros((len(c), 0, 2)), np.ones(len(c)),
                        0.1)
