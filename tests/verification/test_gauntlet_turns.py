"""Turns and load in the gauntlet (M9): repeats that derail, and requests that come at once"""

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from sim.response import penalised
from tests.candidates import candidate
from tests.verification.evaluations import one_evaluation
from tests.verification.figures import figure, save


class TestTurns:
    """Turn k is not yet derailed with probability Π_{j<k} (1 - h·(c·j)^γ), c the share of the window that a turn fills,
    and its success rate is the mixture of a and a'; a drifted answer multiplies the next hazard by 1 + drift_hazard.

    Broken by a derailed repeat that recovers, and by a hazard on the first turn.
    """

    FIGURE = "gauntlet_turns"
    ABILITY, SPREAD, HAZARD, SHARE, TURNS = 0.8, 2.0, 0.5, 0.25, 5

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        made = candidate(cls.ABILITY, cls.SPREAD, hazard=cls.HAZARD)
        keys = dict(prompts=form(10_000, 100_000), turns=cls.TURNS, context_share=cls.SHARE)
        return {γ: one_evaluation(made, **keys, response__gamma=γ)[:, 0] for γ in (1.0, 2.0)}

    @classmethod
    def theory(cls, γ):
        hazard = cls.HAZARD * (cls.SHARE * np.arange(cls.TURNS)) ** γ
        whole = np.cumprod(1 - hazard)
        return whole * cls.ABILITY + (1 - whole) * float(penalised(cls.ABILITY, 1.5))

    @pytest.mark.parametrize("γ", [1.0, 2.0])
    @pytest.mark.parametrize("turn", [1, 2, 5])
    def test_success(self, run, law, γ, turn):
        law.occurs(f"turn {turn} good, γ = {γ:g}", self.theory(γ)[turn - 1], run[γ][:, turn - 1])

    @pytest.mark.parametrize("factor", [0.0, 1.0])
    def test_drift(self, form, law, factor):
        drift, hazard = 0.5, 0.4
        made = candidate(self.ABILITY, 0.0, drift=drift, hazard=hazard)
        keys = dict(prompts=form(10_000, 100_000), turns=2, context_share=1.0, response__drift_hazard=factor)
        derailed = hazard * (1 + factor * drift * self.ABILITY)
        theory = (1 - derailed) * self.ABILITY + derailed * float(penalised(self.ABILITY, 1.5))
        law.occurs(f"turn 2 good, drift_hazard {factor:g}", theory, one_evaluation(made, **keys)[:, 0, 1])

    def test_figure(self, run):
        made, (ax,) = figure()
        for colour, (γ, good) in enumerate(run.items()):
            ax.plot(np.arange(1, 6), self.theory(γ), f"C{colour}", label=f"γ = {γ:g}")
            ax.plot(np.arange(1, 6), good.mean(axis=0), "o", color=f"C{colour}")
        ax.set(xlabel="turn", ylabel="share good", title="lines theory, points simulated")
        ax.legend(fontsize=8)
        save(made, self.FIGURE)


class TestConcurrency:
    """Of requests that come at once to c exponential servers, the k-th (from 0) waits for k-c+1 departures at rate c/S:
    it is in time with the probability that an Erlang wait and an exponential service sum to at most the patience.

    Broken by a queue that is not first come, first served, and by a patience that covers only the wait.
    """

    FIGURE = "gauntlet_concurrency"
    AT_ONCE, PATIENCE = 8, 3.0  # patience in units of the mean service time

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        keys = dict(prompts=cls.AT_ONCE * form(2000, 12_000), concurrency=cls.AT_ONCE, service__noise="exponential",
                    service__patience="fixed", service__patience_s=cls.PATIENCE)  # fmt: skip
        return {c: one_evaluation(candidate(mu=np.inf, slots=c), **keys).reshape(-1, cls.AT_ONCE) for c in (1, 3)}

    @classmethod
    def theory(cls, place, slots):
        if place < slots:
            return float(stats.expon.cdf(cls.PATIENCE))
        wait = stats.gamma(place - slots + 1, scale=1 / slots)
        return quad(lambda w: wait.pdf(w) * stats.expon.cdf(cls.PATIENCE - w), 0, cls.PATIENCE)[0]

    @pytest.mark.parametrize("slots", [1, 3])
    @pytest.mark.parametrize("place", [0, 2, 3, 7])
    def test_in_time(self, run, law, slots, place):
        law.occurs(f"in time, {slots} slots, place {place}", self.theory(place, slots), run[slots][:, place])

    def test_figure(self, run):
        made, (ax,) = figure()
        places = np.arange(self.AT_ONCE)
        for colour, (slots, good) in enumerate(run.items()):
            ax.plot(places, [self.theory(k, slots) for k in places], f"C{colour}", label=f"{slots} slots")
            ax.plot(places, good.mean(axis=0), "o", color=f"C{colour}")
        ax.set(xlabel="place in the queue", ylabel="share in time", title="lines theory, points simulated")
        ax.legend(fontsize=8)
        save(made, self.FIGURE)
