"""Success over tasks in theory, by adaptive quadrature; and the attempt log as a table of sessions by turn."""

import math

import numpy as np
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

from sim.records import Outcome


def pass_k(mu: float, spread: float, k: int, bad: int = 0) -> float:
    """E[p^k·(1 - p)^bad], p = sigmoid(mu + spread·z), z ~ N(0, 1), by QUADPACK, told where the sigmoid rises."""
    rise = [float(np.clip(-mu / spread, -11, 11))] if spread else None

    def integrand(z):
        x = mu + spread * z
        return expit(x) ** k * expit(-x) ** bad * math.exp(-z * z / 2)

    return quad(integrand, -12, 12, points=rise, limit=500, epsabs=1e-13)[0] / math.sqrt(2 * math.pi)


def both_good(mu: tuple, spread: tuple, shared: float) -> float:
    """E[p₁p₂] of two models whose latent difficulties of a task correlate ``shared``: one quadrature inside another."""
    z = np.linspace(-9, 9, 2001)
    density = norm.pdf(z) * (z[1] - z[0])

    def given(common, m, s):
        return float(expit(m - s * (np.sqrt(shared) * common + np.sqrt(1 - shared) * z)) @ density)

    def product(common):
        return given(common, mu[0], spread[0]) * given(common, mu[1], spread[1]) * norm.pdf(common)

    return quad(product, -9, 9, limit=500, epsabs=1e-9)[0]


def by_turn(log: np.ndarray, turns: int) -> np.ndarray:
    """First attempts of sessions that asked at least ``turns`` turns: ATTEMPT rows (sessions, turns)."""
    first = log[(log["attempt"] == 1) & (log["turn"] <= turns)]
    first = first[np.lexsort((first["turn"], first["session"]))]
    starts = np.flatnonzero(first["turn"] == 1)
    whole = starts[np.diff(np.append(starts, len(first))) == turns]
    return first[whole[:, None] + np.arange(turns)]


def good(rows: np.ndarray) -> np.ndarray:
    """Whether each attempt was good."""
    return rows["outcome"] == Outcome.GOOD
