"""Evidence (M7): from counts of audited outcomes to the posterior of a model's success rate"""

import numpy as np
import pytest
from scipy import stats
from scipy.special import betainc

from sim.trust.evidence import Evidence
from tests.audits import evidence_config, window
from tests.verification.estimates import Estimate
from tests.verification.figures import figure, save

ROUNDING = 1e-12
"""Relative: a decayed sum rounds once a tick, so it is off by at most 2^-52/(1-λ), 5e-15 at the λ of this module."""


def same(found, exact) -> bool:
    """Equal up to rounding."""
    return bool(np.allclose(found, exact, rtol=ROUNDING, atol=0))


class TestPosterior:
    """Independent outcomes and a Beta prior have a Beta posterior, exactly; over abilities drawn from the prior, the
    rank of the truth in its posterior is uniform (Cook, Gelman and Rubin, Journal of Computational and Graphical
    Statistics 15, 2006).

    Broken by a prior that is counted twice or not at all, and by bounds that are not the quantiles they are named for.
    """

    FIGURE = "evidence_posterior"
    OUTCOMES = 25

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        rng, models = np.random.default_rng(4), form(2_000, 20_000)
        truth = rng.random(models)
        good = rng.binomial(cls.OUTCOMES, truth)
        e = Evidence(evidence_config(), models, windows=0)
        e.update(window(models, AUDITED_GOOD=good, AUDITED_LOST=cls.OUTCOMES - good), 1.0)
        return truth, good, e

    def test_parameters(self, run, law):
        _, good, e = run
        wrong = int(((e.view().alpha != 1 + good) | (e.view().beta != 1 + self.OUTCOMES - good)).sum())
        law.holds("models whose posterior is not Beta(1 + g, 1 + 25 - g)", "0", str(wrong), wrong == 0)

    @pytest.mark.parametrize(("bound", "below"), [("lower", 0.1), ("upper", 0.9)])
    def test_bounds(self, run, law, bound, below):
        """A regularised incomplete beta function, the inverse of which is the code under test."""
        _, good, e = run
        mass = betainc(1.0 + good, 1.0 + self.OUTCOMES - good, getattr(e, bound))
        law.holds(f"posterior mass below the {bound} bound", f"{below}", f"{mass.min():.12g} to {mass.max():.12g}",
                  same(mass, below))  # fmt: skip

    def test_rank_of_the_truth(self, run, law):
        truth, _, e = run
        rank = stats.beta.cdf(truth, e.view().alpha, e.view().beta)
        law.fits("rank of the truth in its posterior", "uniform", float(stats.kstest(rank, "uniform").pvalue))

    @pytest.mark.parametrize("bound", ["lower", "upper"])
    def test_coverage(self, run, law, bound):
        truth, _, e = run
        held = e.lower <= truth if bound == "lower" else truth <= e.upper
        law.occurs(f"the {bound} bound holds, abilities from the prior", 0.9, held)

    def test_figure(self, run):
        truth, good, e = run
        made, (left, right) = figure(2)
        left.hist(stats.beta.cdf(truth, e.view().alpha, e.view().beta), 25, density=True, color="0.7")
        left.axhline(1.0)
        left.set(xlabel="rank of the true rate in its posterior", ylabel="density")
        grid = np.linspace(0, 1, 400)
        for k, colour in ((5, "C0"), (12, "C1"), (22, "C2")):
            label = f"Beta({1 + k}, {1 + self.OUTCOMES - k})"
            right.plot(grid, stats.beta.pdf(grid, 1 + k, 1 + self.OUTCOMES - k), colour, label=label)
            right.hist(truth[good == k], 25, density=True, alpha=0.4, color=colour)
        right.set(xlabel="true rate, given the count of good outcomes", ylabel="density")
        right.legend()
        save(made, self.FIGURE)


HALF_LIFE, TICKS, RATE, ABILITY = 10.0, 600, 12, 0.6  # days of one tick each; λ^600 < 2^-53: the limit is reached


@pytest.fixture(scope="class")
def steady(form):
    """Models at a steady rate of RATE audited turns a tick, for TICKS ticks."""
    rng, models = np.random.default_rng(5), form(2_000, 20_000)
    e = Evidence(evidence_config(half_life_days=HALF_LIFE), models, windows=0)
    for _ in range(TICKS):
        good = rng.binomial(RATE, ABILITY, models)
        e.update(window(models, AUDITED_GOOD=good, AUDITED_LOST=RATE - good), 1.0)
    return e


@pytest.mark.usefixtures("form")
class TestForgetting:
    """At a steady rate the decayed count tends to rate/(1-λ), λ = 2^(-Δt/half-life); without traffic it falls by λ a
    tick, however the time is cut into ticks.

    Broken by decay after the window is added, and by decay by ticks in place of days.
    """

    λ = 2 ** (-1 / HALF_LIFE)

    def test_total(self, steady, law):
        found, limit = steady.good + steady.bad, RATE / (1 - self.λ)
        law.holds("decayed count, 12 turns a tick", f"{limit:.6f}", f"{found.mean():.6f}", same(found, limit))

    def test_good(self, steady, law):
        law.agrees("decayed count of good", RATE * ABILITY / (1 - self.λ), Estimate.of(steady.good))

    def test_bad(self, steady, law):
        law.agrees("decayed count of bad", RATE * (1 - ABILITY) / (1 - self.λ), Estimate.of(steady.bad))

    @pytest.mark.parametrize("ticks", [1, 7, 40])
    def test_quiet(self, law, ticks):
        e = Evidence(evidence_config(half_life_days=HALF_LIFE), 1, windows=0)
        e.update(window(1, AUDITED_GOOD=[50], AUDITED_LOST=[30]), 1.0)
        for _ in range(ticks):
            e.update(window(1), 2 * HALF_LIFE / ticks)
        found = (float(e.good[0]), float(e.bad[0]))
        law.holds(f"50 good and 30 bad after two half-lives in {ticks} ticks", "12.5, 7.5",
                  f"{found[0]:g}, {found[1]:g}", same(found, (12.5, 7.5)))  # fmt: skip


class TestKish:
    """Decayed counts are worth more than their sum: a decayed rate varies as that of n_eff = W₁²/W₂ independent
    outcomes does (Kish, Survey Sampling, 1965), which at a steady rate is rate·(1+λ)/(1-λ).

    Broken by squares that decay by λ in place of λ², and by the decayed count in place of n_eff.
    """

    λ = 2 ** (-1 / HALF_LIFE)

    def test_size(self, steady, law):
        limit = RATE * (1 + self.λ) / (1 - self.λ)
        found = steady.n_eff
        law.holds("n_eff, 12 turns a tick", f"{limit:.6f}", f"{found.mean():.6f}", same(found, limit))

    def test_variance(self, steady, law):
        rate = steady.good / (steady.good + steady.bad)
        scaled = steady.n_eff * (rate - ABILITY) ** 2
        law.agrees("n_eff · variance of the decayed rate", ABILITY * (1 - ABILITY), Estimate.of(scaled))

    def test_variance_by_decayed_count(self, steady, law):
        """What would be wrong is wrong by the factor that theory gives."""
        weight = steady.good + steady.bad
        scaled = weight * (steady.good / weight - ABILITY) ** 2
        law.agrees("decayed count · variance", ABILITY * (1 - ABILITY) / (1 + self.λ), Estimate.of(scaled))


@pytest.mark.usefixtures("form")
class TestVisibility:
    """With ω = 0 the network sees a model that its own retries rescue as one that never failed, and forgets who was
    rescued by another; with ω = 1 every rescued first attempt is a failure. In between, evidence is linear in ω.

    Broken by visibility on lost turns, and by rescuers judged on turns in place of their attempts.
    """

    @staticmethod
    def evidence(ω, good, own=0, other=0, lost=0, rescued=0, not_rescued=0):
        e = Evidence(evidence_config(visibility=ω), len(good), windows=0)
        counters = window(len(good), AUDITED_GOOD=good, AUDITED_SELF_RESCUED=own, AUDITED_OTHER_RESCUED=other,
                          AUDITED_LOST=lost, AUDITED_RESCUE_GOOD=rescued, AUDITED_RESCUE_BAD=not_rescued)  # fmt: skip
        e.update(counters, 1.0)
        return np.array([e.good, e.bad])

    @pytest.fixture(scope="class")
    @classmethod
    def counts(cls):
        return np.random.default_rng(8).integers(0, 50, (6, 200))

    def test_nothing_is_visible(self, law, counts):
        good, own, _, lost, rescued, not_rescued = counts
        as_if = self.evidence(0.0, good + own, lost=lost, rescued=rescued, not_rescued=not_rescued)
        gap = float(np.abs(self.evidence(0.0, *counts) - as_if).max())
        law.holds("ω = 0: evidence less that of a model without failures to rescue", "0", f"{gap:g}", gap == 0)

    def test_all_is_visible(self, law, counts):
        good, own, other, lost, rescued, not_rescued = counts
        as_if = self.evidence(1.0, good, lost=lost + own + other, rescued=rescued, not_rescued=not_rescued)
        gap = float(np.abs(self.evidence(1.0, *counts) - as_if).max())
        law.holds("ω = 1: evidence less that of a model nobody rescued", "0", f"{gap:g}", gap == 0)

    @pytest.mark.parametrize("ω", [0.25, 0.5])
    def test_between(self, law, counts, ω):
        none, all_of_it = self.evidence(0.0, *counts), self.evidence(1.0, *counts)
        gap = float(np.abs(self.evidence(ω, *counts) - (1 - ω) * none - ω * all_of_it).max())
        law.holds(f"ω = {ω}: evidence less (1-ω) of that at 0 and ω of that at 1", "0", f"{gap:g}", gap == 0)
