"""Reliability recovers what was planted: of one model, and what several models share."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from analysis.calibration.maximum_likelihood import SPREAD_MAX, fit
from analysis.calibration.reliability import pass_k_observed
from analysis.calibration.sharing import SharedTasks, fit_sharing

SIGMAS = 4  # a planted number lies within 4 of its own standard errors

def counts_of(rng, mu, spread, tasks, n):
    return rng.binomial(n, expit(mu + spread * rng.normal(size=tasks)))


# ---- one model -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mu", "spread"), [(-0.5, 2.0), (1.2, 6.0), (-3.0, 3.0), (0.0, 0.7)])
def test_planted_mu_and_spread_are_recovered(mu, spread):
    rng = np.random.default_rng(1)
    found = fit(counts_of(rng, mu, spread, 800, 5), np.full(800, 5))
    errors = np.sqrt(np.diag(found.covariance))
    assert abs(found.mu - mu) < SIGMAS * errors[0]
    assert abs(found.spread - spread) < SIGMAS * errors[1]
    assert errors[1] < 0.5


def test_standard_errors_are_the_scatter_of_repeated_fits():
    """The mean squared standardised error of R fits is 1 with standard deviation sqrt(2/R)."""
    rng, repeats = np.random.default_rng(2), 60
    fits = [fit(counts_of(rng, 0.5, 2.0, 200, 5), np.full(200, 5)) for _ in range(repeats)]
    for i, planted in enumerate((0.5, 2.0)):
        standardised = [((f.mu, f.spread)[i] - planted) / np.sqrt(f.covariance[i, i]) for f in fits]
        assert abs(np.mean(np.square(standardised)) - 1) < SIGMAS * np.sqrt(2 / repeats)


def test_edges_of_the_model_say_so():
    n = np.full(40, 4)
    coin = fit(np.tile([1, 2, 2, 3], 10), n)  # less variable between tasks than chance
    assert coin.spread == 0
    assert coin.mu == pytest.approx(0)
    assert "0" in coin.note
    always_or_never = fit(np.tile([0, 4], 20), n)
    assert always_or_never.spread == SPREAD_MAX
    assert "always or never" in always_or_never.note
    for c in (n, 0 * n):
        assert np.isnan(fit(c, n).mu)
    assert "twice" in fit(np.tile([0, 1], 20), np.ones(40, int)).note


def test_pass_k_observed_is_the_share_of_k_subsets_that_all_succeed():
    assert pass_k_observed([3, 0, 5], [5, 5, 5]) == pytest.approx(
        np.mean([[0.6, 0.3, 0.1, 0, 0], [0] * 5, [1] * 5], axis=0)
    )


# ---- several models --------------------------------------------------------------------------------------------------


def shared_world(rng, kappa, xi, tasks=300, n=5):
    """Six models, of which three are one lineage; returns counts and their true (mu, s)."""
    truth = {"a": (1.2, 6.2), "b": (0.0, 5.3), "c": (-1.5, 7.0), "d": (-1.3, 3.2), "e": (-3.0, 2.9), "f": (0.5, 2.0)}
    lineage = dict(zip(truth, "xxxyzw", strict=True))
    common = rng.normal(size=tasks)
    kin = {name: rng.normal(size=tasks) for name in "xyzw"}
    frames = []
    for m, (mu, spread) in truth.items():
        own = rng.normal(size=tasks)
        z = np.sqrt(kappa) * common + np.sqrt(xi) * kin[lineage[m]] + np.sqrt(1 - kappa - xi) * own
        c = rng.binomial(n, expit(mu + spread * z))
        frames.append(pd.DataFrame({"model": m, "task": np.arange(tasks), "lineage": lineage[m], "n": n, "c": c}))
    return pd.concat(frames), truth


def test_planted_shares_are_recovered():
    counts, truth = shared_world(np.random.default_rng(3), kappa=0.6, xi=0.2)
    found = fit_sharing(counts, truth, lineages=True)
    assert abs(found["kappa"] - 0.6) < SIGMAS * found["kappa_se"]
    assert abs(found["xi"] - 0.2) < SIGMAS * found["xi_se"]
    assert found["kappa_se"] < 0.1


def test_nothing_shared_is_found_as_nothing():
    counts, truth = shared_world(np.random.default_rng(4), kappa=0.0, xi=0.0)
    assert fit_sharing(counts, truth, lineages=False)["kappa"] < 0.1


def test_shared_likelihood_equals_nested_quadrature():
    """Two models on one task, both levels: the fast sums against the integral over (common, kin) by brute force."""
    counts = pd.DataFrame({"model": ["a", "b", "e"], "task": 0, "lineage": ["x", "x", "y"], "n": 5, "c": [2, 4, 1]})
    truth = {"a": (1.0, 4.0), "b": (-0.5, 2.0), "e": (0.3, 3.0)}
    kappa, xi = 0.5, 0.3
    z = np.linspace(-9, 9, 241)
    weight = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) * (z[1] - z[0])
    own = np.sqrt(1 - kappa - xi) * z[None, None, :]
    shared = np.sqrt(kappa) * z[:, None, None] + np.sqrt(xi) * z[None, :, None]
    given = {}
    for row in counts.itertuples():
        p = expit(truth[row.model][0] + truth[row.model][1] * (shared + own))
        given[row.model] = (p**row.c * (1 - p) ** (row.n - row.c)) @ weight
    exact = np.log((((given["a"] * given["b"]) @ weight) * (given["e"] @ weight)) @ weight)
    assert SharedTasks(counts, truth).loglik(kappa, xi) == pytest.approx(exact, abs=1e-9)
