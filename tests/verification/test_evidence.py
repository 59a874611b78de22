"""Long forms of the laws of M7 and of the urn of M10, each with a plot that is obviously right or wrong."""

import numpy as np
import pytest
from scipy import stats

from sim import config
from sim.router.shares import traffic_weights
from sim.router.views import Catalogue
from sim.status import Status
from sim.trust.evidence import Evidence
from tests.audits import binomial_interval, evidence_config, sessions, window
from tests.verification.figures import figure, save

pytestmark = pytest.mark.long

SPREADS = [0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0]
NETWORKS, MODELS = 100, 30
NOMINAL = "coverage of a nominal 90 % bound"


def coverage(ability, spread, count, design_effect, seed, bound="lower"):
    """Share of models whose nominal 90 % bound holds, and how many were looked at."""
    rng, hits = np.random.default_rng(seed), 0
    for _ in range(NETWORKS):
        e = Evidence(evidence_config(design_effect=design_effect), MODELS, windows=0)
        e.update(sessions(rng, MODELS, count, 3.0, ability, spread), 1.0)
        hits += int((e.lower <= ability).sum() if bound == "lower" else (e.upper >= ability).sum())
    return hits / (NETWORKS * MODELS), NETWORKS * MODELS


class TestCoverage:
    """A nominal 90 % bound covers 90 %: sessions of 3 turns on average that share z, logistic-normal (M4).

    The law is asymptotic: Beta(1, 1) is worth two outcomes and draws a high ability down, so at 300 sessions .01, a
    tenth of the nominal miss, is allowed on either side of the binomial interval.
    """

    def test_by_spread(self):
        made, axes = figure(3)
        for ax, ability in zip(axes, (0.5, 0.7, 0.9), strict=True):
            with_d = [coverage(ability, s, 300, True, 10 * i) for i, s in enumerate(SPREADS)]
            upper = [coverage(ability, s, 300, True, 10 * i, "upper") for i, s in enumerate(SPREADS)]
            without = [coverage(ability, s, 300, False, 10 * i) for i, s in enumerate(SPREADS)]
            low, high = binomial_interval(0.9, with_d[0][1])
            ax.fill_between(SPREADS, low, high, color="0.85", label="0.9, interval of the runs")
            ax.plot(SPREADS, [c for c, _ in with_d], "o-", label="lower bound, design effect")
            ax.plot(SPREADS, [c for c, _ in upper], "^-", label="upper bound, design effect")
            ax.plot(SPREADS, [c for c, _ in without], "s--", label="lower bound, raw counts")
            ax.set(title=f"ability {ability}", xlabel="spread s", ylabel=NOMINAL, ylim=(0.65, 1))
            for (found, _), (above, _), (raw, _), spread in zip(with_d, upper, without, SPREADS, strict=True):
                assert low - 0.01 < found < high + 0.01
                assert low - 0.01 < above < high + 0.01
                assert spread < 2 or raw < 0.85
        axes[0].legend(fontsize=7, loc="lower left")
        save(made, "evidence_coverage_by_spread")

    def test_by_number_of_sessions(self):
        """Few sessions: the prior and the noise of d show, and coverage tends to its nominal value."""
        counts = [5, 10, 20, 40, 80, 160, 320]
        made, (ax,) = figure()
        for ability in (0.5, 0.8):
            found = [coverage(ability, 4.0, k, True, 20 + k)[0] for k in counts]
            ax.semilogx(counts, found, "o-", label=f"ability {ability}")
            low, high = binomial_interval(0.9, NETWORKS * MODELS)
            assert low - 0.01 < found[-1] < high + 0.01
            assert min(found) > 0.86
        ax.axhspan(*binomial_interval(0.9, NETWORKS * MODELS), color="0.85")
        ax.set(xlabel="audited sessions of a model", ylabel=NOMINAL, title="spread 4", ylim=(0.65, 1))
        ax.legend()
        save(made, "evidence_coverage_by_sessions")

    def test_decay_and_clusters_together(self):
        """Sessions in daily windows that are forgotten: Kish's size over the design effect still covers 90 %."""
        rng, covered, naive, models = np.random.default_rng(3), [], [], 2000
        for half_life in (2.0, 5.0, 14.0):
            e = Evidence(evidence_config(half_life_days=half_life), models, windows=0)
            for _ in range(int(8 * half_life)):
                e.update(sessions(rng, models, 25, 3.0, 0.6, 3.0), 1.0)
            covered.append((e.lower <= 0.6).mean())
            naive.append((stats.beta.ppf(0.1, 1 + e.good / e.d, 1 + e.bad / e.d) <= 0.6).mean())
        low, high = binomial_interval(0.9, models)
        made, (ax,) = figure()
        ax.axhspan(low, high, color="0.85", label="0.9, interval of the runs")
        ax.plot([2, 5, 14], covered, "o-", label="Kish effective size")
        ax.plot([2, 5, 14], naive, "s--", label="decayed counts")
        ax.set(xlabel="half-life, windows", ylabel=NOMINAL, ylim=(0.8, 1))
        ax.legend()
        save(made, "evidence_kish")
        assert all(low - 0.01 < c < high + 0.01 for c in covered)
        assert all(c > high + 0.01 for c in naive)


def test_posterior_is_calibrated():
    """Abilities drawn from the prior: the rank of the truth in its Beta-Bernoulli posterior is uniform (Cook, Gelman
    and Rubin, Journal of Computational and Graphical Statistics 15, 2006)."""
    rng, models, n = np.random.default_rng(4), 20_000, 25
    truth = rng.random(models)
    good = rng.binomial(n, truth)
    e = Evidence(evidence_config(), models, windows=0)
    e.update(window(models, AUDITED_GOOD=good, AUDITED_LOST=n - good), 1.0)
    rank = stats.beta.cdf(truth, e.view().alpha, e.view().beta)
    made, (left, right) = figure(2)
    left.hist(rank, 25, density=True, color="0.7")
    left.axhline(1.0)
    left.set(xlabel="rank of the true rate in its posterior", ylabel="density")
    grid = np.linspace(0, 1, 400)
    for k, colour in ((5, "C0"), (12, "C1"), (22, "C2")):
        right.plot(grid, stats.beta.pdf(grid, 1 + k, 1 + n - k), colour, label=f"Beta({1 + k}, {1 + n - k})")
        right.hist(truth[good == k], 25, density=True, alpha=0.4, color=colour)
    right.set(xlabel="true rate, given the count of good outcomes", ylabel="density")
    right.legend()
    save(made, "evidence_posterior")
    assert stats.kstest(rank, "uniform").pvalue > 0.001


def test_polyas_urn_through_the_whole_control_plane():
    """`reinforced`, one turn a tick, two equal models: counters to evidence to routes; the final share is uniform."""
    rng, urns, ticks = np.random.default_rng(6), 1000, 200
    router = config.Router(**{f: None for f in config.Router.__dataclass_fields__} | dict(
        allocation="reinforced", sandbox_share=0.05, share_cap=1.0, slow_start_days=0.0))
    models = 2 * urns
    domain = np.arange(models) // 2
    catalogue = Catalogue(uid=np.arange(models), domain=domain, developer=np.arange(models), price=np.ones(models),
                          slots=np.ones(models), stake=np.zeros(models), demo_score=np.ones(models),
                          admitted_day=np.zeros(models))
    e = Evidence(evidence_config(), models, windows=0)
    status = np.full(models, Status.ADMITTED)
    paths = np.empty((ticks, urns))
    for tick in range(ticks):
        weight = traffic_weights(e.view(), catalogue, status, router, rng, float(tick))
        served = 2 * np.arange(urns) + (rng.random(urns) >= weight[::2])
        e.update(window(models, OK_PLAIN=np.bincount(served, minlength=models)), 1 / 24)
        paths[tick] = e.turns_ok[::2] / (tick + 1)
    share = paths[-1]
    made, (left, right) = figure(2)
    left.plot(paths[:, :25], color="0.5", lw=0.7)
    left.set(xlabel="tick", ylabel="share of one of two equal models", ylim=(0, 1))
    right.hist(share, 20, range=(0, 1), density=True, color="0.7")
    right.axhline(1.0)
    right.set(xlabel=f"share after {ticks} turns, {urns} urns", ylabel="density")
    save(made, "allocation_polya_urn")
    error = share.std(ddof=1) / np.sqrt(urns)
    assert abs(share.mean() - 1 / 2) < 3.29 * error
    square = (share - share.mean()) ** 2
    assert abs(square.mean() - (1 + 2 / ticks) / 12) < 3.29 * square.std(ddof=1) / np.sqrt(urns)
    counts = np.bincount(np.minimum(share * 10, 9).astype(int), minlength=10)
    exact = np.bincount(np.minimum(np.arange(ticks + 1) / ticks * 10, 9).astype(int), minlength=10) / (ticks + 1)
    assert stats.chisquare(counts, exact * urns).pvalue > 0.001
