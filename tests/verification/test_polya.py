"""Allocation (M10): shares of traffic that theory knows in full"""

import numpy as np
import pytest

from sim import config
from sim.router.allocation import weights
from sim.router.shares import traffic_weights
from sim.router.views import Catalogue
from sim.status import Status
from sim.trust.evidence import Evidence
from tests.audits import evidence_config, window
from tests.verification.estimates import Estimate
from tests.verification.figures import figure, save
from tests.worlds import confidence_view, router, world


def catalogue(domain: np.ndarray) -> Catalogue:
    """Models that differ in their domain alone."""
    n = len(domain)
    return Catalogue(uid=np.arange(n), domain=domain, developer=np.arange(n), price=np.ones(n), slots=np.ones(n),
                     stake=np.zeros(n), demo_score=np.ones(n), admitted_day=np.zeros(n))  # fmt: skip


class TestPolyasUrn:
    """`reinforced`, one turn a tick, two equal models that always succeed: counters to evidence to routes are Pólya's
    urn. After t turns the count of one is uniform on 0..t: its share has mean 1/2 and variance (1 + 2/t)/12 → 1/12
    (Eggenberger and Pólya, ZAMM 3, 1923).

    Broken by routes a tick late, by successes that decay, and by a weight without its 1.
    """

    FIGURE = "allocation_polya_urn"

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        """Share of the first model of each urn by tick: (ticks, urns)."""
        rng, urns, ticks = np.random.default_rng(6), form(300, 1000), form(40, 200)
        about = dict(allocation="reinforced", sandbox_share=0.05, share_cap=1.0, slow_start_days=0.0)
        rules = config.Router(**{field: None for field in config.Router.__dataclass_fields__} | about)
        models = 2 * urns
        known, status = catalogue(np.arange(models) // 2), np.full(models, Status.ADMITTED)
        e, shares = Evidence(evidence_config(half_life_days=1.0), models, windows=0), np.empty((ticks, urns))
        for tick in range(ticks):
            weight = traffic_weights(e.view(), known, status, rules, float(tick))
            served = 2 * np.arange(urns) + (rng.random(urns) >= weight[::2])
            e.update(window(models, OK_PLAIN=np.bincount(served, minlength=models)), 1 / 24)
            shares[tick] = e.turns_ok[::2] / (tick + 1)
        return shares

    def test_uniform(self, run, law):
        ticks = len(run)
        count = np.rint(run[-1] * ticks).astype(int)
        bins, all_counts = 10, np.arange(ticks + 1)
        found, expected = (np.bincount(k * bins // (ticks + 1), minlength=bins) for k in (count, all_counts))
        law.counts(f"share after {ticks} turns", "uniform", found, expected)

    def test_mean(self, run, law):
        law.agrees(f"mean share after {len(run)} turns", 1 / 2, Estimate.of(run[-1]))

    def test_variance(self, run, law):
        theory = (1 + 2 / len(run)) / 12
        law.agrees(f"variance of the share after {len(run)} turns", theory, Estimate.of((run[-1] - 1 / 2) ** 2))

    def test_martingale(self, run, law):
        """The share of one urn settles: its later change has no mean, whatever it was."""
        half = len(run) // 2
        later, sooner = run[-1], (run[half - 1] * half + 1) / (half + 2)
        law.agrees("mean of late change × early share", 0.0,
                   Estimate.of(((later * len(run) + 1) / (len(run) + 2) - sooner) * sooner))  # fmt: skip

    def test_figure(self, run):
        made, (left, right) = figure(2)
        left.plot(run[:, :25], color="0.5", lw=0.7)
        left.set(xlabel="turn", ylabel="share of one of two equal models", ylim=(0, 1))
        right.hist(run[-1], 20, range=(0, 1), density=True, color="0.7")
        right.axhline(1.0)
        right.set(xlabel=f"share after {len(run)} turns, {run.shape[1]} urns", ylabel="density")
        save(made, self.FIGURE)


@pytest.mark.usefixtures("form")
class TestSoftmax:
    """w = exp(C/T): T → 0 is greedy, T → ∞ uniform, and in between log-odds of shares are differences of C over T.

    At T the share of the best is within (n-1)·exp(-gap/T) of 1, gap the lead of the best, and every share within
    range/T of 1/n in ratio: the limits are reached to rounding at gap/T > 40 and range/T < 2^-52. Broken by a
    temperature that multiplies, and by an exponential that overflows.
    """

    CONFIDENCE = np.array([0.2, 0.55, 0.6, 0.61, 0.9])

    @classmethod
    def share(cls, temperature, rule="softmax"):
        public = world(1, len(cls.CONFIDENCE))[1]
        rules = router(softmax=config.Softmax(temperature))
        return weights(rule, confidence_view(cls.CONFIDENCE), public, rules)

    def test_cold(self, law):
        found, greedy = self.share(1e-3), self.share(1.0, "greedy")
        gap = float(np.abs(found - greedy).max())
        law.holds("T = 0.001: largest difference from greedy", "0", f"{gap:.2g}", gap <= 4 * np.exp(-0.29 / 1e-3))

    def test_coldest(self, law):
        found = self.share(1e-300)
        law.holds("T = 1e-300: share of the best", "1", f"{found.max():g}", found[-1] == 1)

    def test_hot(self, law):
        found, uniform = self.share(1e16), self.share(1.0, "uniform")
        gap = float(np.abs(found - uniform).max())
        law.holds("T = 1e16: largest difference from uniform", "0", f"{gap:.2g}", gap <= 2**-52)

    @pytest.mark.parametrize("temperature", [0.05, 0.5])
    def test_between(self, law, temperature):
        found = np.diff(np.log(self.share(temperature))) * temperature
        gap = float(np.abs(found - np.diff(self.CONFIDENCE)).max())
        law.holds(f"T = {temperature}: T·log-odds less difference of C", "0", f"{gap:.1g}", gap <= 20 * 2**-52)
