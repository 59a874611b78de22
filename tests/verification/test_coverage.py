"""Coverage (M7): turns of one session share their task, and the bound on the success rate allows for it"""

import math
from functools import cache

import numpy as np
import pytest
from scipy.stats import norm

from sim.trust.evidence import Evidence
from tests.audits import evidence_config, location, sessions
from tests.verification.estimates import Estimate
from tests.verification.figures import figure, save
from tests.verification.tasks import pass_k

MODELS, TURNS = 30, 3.0  # models of a network; turns a session on average
ABILITIES = (0.5, 0.7, 0.9)


@cache
def design_effect(ability: float, spread: float) -> float:
    """d = 1 + ρ·(R - 1): ρ the correlation of two turns of a session, R = E[n²]/E[n] = 2·TURNS - 1 (geometric)."""
    variance = pass_k(location(ability, spread), spread, 2) - ability**2
    return 1 + variance / (ability * (1 - ability)) * (2 * TURNS - 2)


def bounds(ability, spread, networks, count, use_d, seed) -> tuple[np.ndarray, np.ndarray]:
    """Whether the lower and the upper bound of each model hold, after ``count`` audited sessions of each."""
    rng, low, high = np.random.default_rng(seed), [], []
    for _ in range(networks):
        e = Evidence(evidence_config(design_effect=use_d), MODELS, windows=0)
        e.update(sessions(rng, MODELS, count, TURNS, ability, spread), 1.0)
        low.append(e.lower <= ability)
        high.append(e.upper >= ability)
    return np.concatenate(low), np.concatenate(high)


class TestCoverage:
    """Of n sessions whose turns share z (logistic-normal, M4), nominal 90 % bounds cover 90 % and the interval between
    them 80 % once counts are divided by the design effect d (Kish, Survey Sampling, 1965); raw counts cover Φ(z_.9/√d).

    Both are limits. The prior and the skewness of counts move a bound by O(1/√n), in ways that cancel between the two
    bounds, and by symmetry at ability .5; so bounds are compared there, and intervals elsewhere, both of error O(1/n).
    Broken by clusters that are not the turns of a session on a model, and by a d of the wrong sizes.
    """

    FIGURE = "evidence_coverage_by_spread"
    SPREADS = (2.0, 4.0, 6.0)

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        def one(ability, spread, use_d):
            return bounds(ability, spread, form(40, 200), form(200, 1000), use_d, round(100 * ability + spread))

        return {(a, s, d): one(a, s, d) for a in form((0.5,), ABILITIES) for s in cls.SPREADS for d in (True, False)}

    @pytest.mark.parametrize("spread", SPREADS)
    def test_bounds(self, run, law, spread):
        for name, held in zip(("lower", "upper"), run[0.5, spread, True], strict=True):
            law.occurs(f"{name} bound holds, ability 0.5, spread {spread:g}", 0.9, held)

    @pytest.mark.parametrize("spread", SPREADS)
    def test_intervals(self, run, law, spread):
        for (ability, s, use_d), (low, high) in run.items():
            if s == spread and use_d:
                law.occurs(f"both bounds hold, ability {ability}, spread {spread:g}", 0.8, low & high)

    @pytest.mark.parametrize("spread", SPREADS)
    def test_raw_counts(self, run, law, spread):
        for (ability, s, use_d), (low, high) in run.items():
            if s == spread and not use_d:
                reach = norm.ppf(0.9) / math.sqrt(design_effect(ability, spread))
                about = f"ability {ability}, spread {spread:g}, raw counts"
                law.occurs(f"both bounds hold, {about}", 2 * norm.cdf(reach) - 1, low & high)

    @pytest.mark.parametrize("spread", SPREADS)
    def test_raw_counts_are_too_bold(self, run, law, spread):
        held = run[0.5, spread, False][0]
        found = Estimate.of(held)
        law.holds(f"lower bound holds, ability 0.5, spread {spread:g}, raw counts", "below 0.9",
                  f"{found.mean:.3f} ± {found.error:.2g}", found.interval()[1] < 0.9)  # fmt: skip

    def test_figure(self, run):
        made, axes = figure(3)
        fine = np.linspace(0.5, 8, 40)
        for ax, ability in zip(axes, ABILITIES, strict=True):
            raw = [2 * norm.cdf(norm.ppf(0.9) / math.sqrt(design_effect(ability, s))) - 1 for s in fine]
            ax.axhline(0.8, color="C0", lw=1, label="theory, design effect")
            ax.plot(fine, raw, color="C1", lw=1, label="theory, raw counts")
            for use_d, colour in ((True, "C0"), (False, "C1")):
                found = [Estimate.of(np.logical_and(*run[ability, s, use_d])) for s in self.SPREADS]
                half = [e.interval()[1] - e.mean for e in found]
                ax.errorbar(self.SPREADS, [e.mean for e in found], half, fmt="o", ms=4, color=colour)
            ax.set(title=f"ability {ability}", xlabel="spread", ylabel="share within both bounds", ylim=(0.4, 1))
        axes[0].legend(fontsize=8, loc="lower left")
        save(made, self.FIGURE)


class TestDecayAndClusters:
    """Sessions in daily windows that are forgotten: Kish's effective size over the design effect still covers; decayed
    counts over it, which are (1+λ) times smaller, cover Φ(z_.9·√(1+λ)).

    At ability .5, where the limits are reached as 1/n. Broken by clusters and counts that decay differently.
    """

    FIGURE = "evidence_kish"
    HALF_LIVES = (5.0, 14.0)

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        rng, models, found = np.random.default_rng(3), form(500, 3000), {}
        for half_life in cls.HALF_LIVES:
            e = Evidence(evidence_config(half_life_days=half_life), models, windows=0)
            for _ in range(int(8 * half_life)):
                e.update(sessions(rng, models, 40, TURNS, 0.5, 3.0), 1.0)
            weight = e.good + e.bad
            reach = norm.ppf(0.9) / (2 * np.sqrt(weight / e.d))  # the normal limit of the bound, of decayed counts
            found[half_life] = e.lower <= 0.5, e.good / weight - reach <= 0.5
        return found

    @pytest.mark.parametrize("half_life", HALF_LIVES)
    def test_kish(self, run, law, half_life):
        law.occurs(f"lower bound holds, half-life {half_life:g} windows", 0.9, run[half_life][0])

    @pytest.mark.parametrize("half_life", HALF_LIVES)
    def test_decayed_counts(self, run, law, half_life):
        theory = norm.cdf(norm.ppf(0.9) * math.sqrt(1 + 2 ** (-1 / half_life)))
        held = run[half_life][1]
        law.occurs(f"lower bound by decayed counts holds, half-life {half_life:g} windows", float(theory), held)

    def test_figure(self, run):
        made, (ax,) = figure()
        fine = np.linspace(2, 20, 50)
        ax.axhline(0.9, color="C0", lw=1, label="theory, Kish effective size")
        by_count = norm.cdf(norm.ppf(0.9) * np.sqrt(1 + 2 ** (-1 / fine)))
        ax.plot(fine, by_count, "C1", lw=1, label="theory, decayed counts")
        for kind, colour in ((0, "C0"), (1, "C1")):
            found = [Estimate.of(run[h][kind]) for h in self.HALF_LIVES]
            half = [e.interval()[1] - e.mean for e in found]
            ax.errorbar(self.HALF_LIVES, [e.mean for e in found], half, fmt="o", ms=4, color=colour)
        ax.set(xlabel="half-life, windows", ylabel="share of models whose lower bound holds", ylim=(0.85, 1))
        ax.legend(fontsize=8)
        save(made, self.FIGURE)
