"""The integrals behind a calibration are exact."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import expit, log_expit

from analysis.calibration.maximum_likelihood import score_and_information
from analysis.calibration.quadrature import count_probability, moment, pass_k, pass_k_gradient


@pytest.mark.parametrize("spread", [0.0, 0.1, 1.0, 2.0, 6.2, 12.0, 15.0, 30.0])
@pytest.mark.parametrize(("c", "n"), [(1, 1), (2, 5), (5, 5), (0, 10), (50, 100)])
def test_moments_equal_adaptive_quadrature(spread, c, n):
    for mu in (-8.0, 0.0, 1.2):

        def integrand(z, mu=mu):
            u = mu + spread * z
            return np.exp(n * log_expit(u) - (n - c) * u - z * z / 2) / np.sqrt(2 * np.pi)

        # scipy must be told where the integrand lives: around the point where p = 1/2, and in the bulk of z
        edge = np.clip(-mu / spread, -9, 9) if spread else 0.0
        cuts = np.unique(np.clip([-12, edge - 1, edge - 0.1, edge, edge + 0.1, edge + 1, 0, 12], -12, 12))
        pairs = pairwise(cuts)
        exact = sum(quad(integrand, a, b, epsabs=0, epsrel=1e-11, limit=300)[0] for a, b in pairs)
        assert moment(mu, spread, c, n - c) == pytest.approx(exact, rel=1e-9)


def test_counts_of_a_task_sum_to_one_at_every_spread():
    c = np.arange(11)
    for spread in np.linspace(0, 15, 31):
        assert count_probability(0.7, spread, c, 10).sum() == pytest.approx(1, abs=1e-12)


def test_pass_k_limits():
    """s -> 0: independent trials, a^k. s -> infinity: every task always or never, a."""
    ks = np.arange(1, 6)
    assert pass_k(0.4, 0.0, ks) == pytest.approx(expit(0.4) ** ks)
    wide = pass_k(0.0, 3000.0, ks)
    assert wide == pytest.approx(np.full(5, 0.5), abs=1e-3)
    assert np.all(np.diff(pass_k(0.4, 6.0, ks)) < 0)


def test_gradients_equal_differences():
    ks, h = np.arange(1, 5), 1e-5
    by_mu = (pass_k(1 + h, 4.0, ks) - pass_k(1 - h, 4.0, ks)) / (2 * h)
    by_spread = (pass_k(1.0, 4 + h, ks) - pass_k(1.0, 4 - h, ks)) / (2 * h)
    assert pass_k_gradient(1.0, 4.0, ks) == pytest.approx(np.stack([by_mu, by_spread], 1), abs=1e-8)
    c, n = np.arange(6), np.full(6, 5)
    _, score, information = score_and_information(1.0, 4.0, c, n)
    up, down = (score_and_information(1.0, 4.0 + e, c, n) for e in (h, -h))
    assert score[:, 1] == pytest.approx((up[0] - down[0]) / (2 * h), abs=1e-7)
    assert -information[:, 1] == pytest.approx((up[1] - down[1]) / (2 * h), abs=1e-6)
