"""Learning and data (M3, M11): how models mature with traffic, and what their data miss."""

import math
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from scipy.special import expit, logit

from sim.config.landscape import DataPlan
from sim.datasets import Datasets
from sim.learning import today
from sim.models import LATENT
from tests.configs import config
from tests.verification.estimates import Estimate
from tests.verification.figures import figure, save

BASE = replace(config().learning, staleness=0.0)
POTENTIALS = (0.3, 0.6, 0.9)


def ability(models, day, learning):
    """a of ``models`` (LATENT) on ``day``."""
    return today(models, day, learning)["ability"]


def rows(potential, live, gap=0.5, rawness=0.3):
    """Models that have served ``live`` turns."""
    made = np.zeros(np.broadcast(potential, live, gap).shape, LATENT)
    made["potential"], made["live"], made["gap"], made["rawness"] = potential, live, gap, rawness
    made["spread"], made["hazard"], made["drift"], made["e_edge"], made["e_adv"] = 2.0, 0.2, 0.05, 1.0, 0.8
    return made


class TestLearningCurve:
    """a(V) runs from a0, ``gap`` below the potential on the logit, to a*, and what is left of the way is exp(-V/V0);
    rawness goes the same way; V0 = 0 is born mature; staleness takes its logit a day, whatever the ability.

    Broken by a gap on the probability, by a half-life in place of V0, and by staleness before learning.
    """

    FIGURE = "learning_curve"

    @pytest.mark.parametrize("potential", POTENTIALS)
    def test_limits(self, law, form, potential):
        at = ability(rows(potential, np.array([0, 10**9])), 0.0, BASE)
        start = expit(logit(potential) - 0.5)
        law.holds(f"a(0), a* = {potential}", f"{start:.6f}", f"{at[0]:.6f}", abs(at[0] - start) < 1e-12)
        law.holds(f"a(∞), a* = {potential}", f"{potential}", f"{at[1]:.6f}", abs(at[1] - potential) < 1e-12)
        left = (potential - ability(rows(potential, np.array([560])), 0.0, replace(BASE, v0=560.0))[0]) / (
            potential - start
        )
        law.holds(f"left at V0, a* = {potential}", "1/e", f"{left:.6f}", abs(left - math.exp(-1)) < 1e-12)

    def test_rawness(self, law, form):
        raw, ripe = today(rows(0.6, np.array([0, 10**9])), 0.0, BASE)
        worse = [raw[name] / ripe[name] for name in ("hazard", "drift", "e_edge", "e_adv", "spread")]
        law.holds("start over mature: h, drift, e, e, s", "1.3 1.3 1.3 1.3 0.7", " ".join(f"{x:g}" for x in worse),
                  np.allclose(worse, [1.3, 1.3, 1.3, 1.3, 0.7], rtol=1e-12))  # fmt: skip

    def test_off(self, law, form):
        mature = replace(BASE, v0=0.0)
        fresh = rows(np.array(POTENTIALS), 0)
        off = np.abs(ability(fresh, 0.0, mature) - POTENTIALS).max()
        law.holds("V0 = 0: a(0)", "a*", f"off by {off:.0e}", off < 1e-12)
        found = today(fresh, 0.0, mature)
        same = all((found[name] == fresh[name]).all() for name in ("spread", "hazard", "drift", "e_edge", "e_adv"))
        law.holds("V0 = 0: s, h, drift, e", "as mature", "as mature" if same else "raw", same)
        off = np.abs(ability(rows(np.array(POTENTIALS), 0, gap=0.0), 0.0, BASE) - POTENTIALS).max()
        law.holds("gap = 0: a(0)", "a*", f"off by {off:.0e}", off < 1e-12)

    def test_staleness(self, law, form):
        models, stale = rows(np.array(POTENTIALS), 300), replace(BASE, staleness=0.002)
        models["worked_day"] = 40.0
        lost = logit(ability(models, 40.0, stale)) - logit(ability(models, 140.0, stale))
        law.holds("logit lost in 100 days at .002", "0.2", f"{lost.mean():.6f}", np.allclose(lost, 0.2, rtol=1e-9))

    def test_figure(self, form):
        made, (left, right) = figure(2)
        live = np.arange(0, 3000, 10)
        for potential in POTENTIALS:
            left.plot(live, ability(rows(potential, live), 0.0, BASE), label=f"a* = {potential}")
            left.axhline(potential, color="0.7", lw=0.8)
            left.plot(0, expit(logit(potential) - 0.5), "o", ms=5, color="k")
        found = today(rows(0.6, live), 0.0, BASE)
        for name in ("spread", "hazard", "e_edge"):
            right.plot(live, found[name] / found[name][-1], label=name)
        left.set(xlabel="live turns V", ylabel="ability", title=f"V0 = {BASE.v0:g}; points a0, lines a*", ylim=(0, 1))
        right.set(xlabel="live turns V", ylabel="over mature value", title="rawness .3")
        left.legend(fontsize=8)
        right.legend(fontsize=8)
        save(made, self.FIGURE)


class TestGraduation:
    """A model whose ability starts below a_θ reaches it after V0·ln[(a* - a0)/(a* - a_θ)] live turns; where they come
    as a Poisson process of rate ε, that takes as many over ε days in the mean; without traffic it never does.

    Broken by turns that count before they are served, and by maturing with time.
    """

    FIGURE = "learning_graduation"
    POTENTIAL, GAP, RATE = 0.65, 0.6, 12.0
    GOALS = (0.52, 0.58, 0.62, 0.64)

    @classmethod
    def theory(cls, goal):
        start = expit(logit(cls.POTENTIAL) - cls.GAP)
        return BASE.v0 * math.log((cls.POTENTIAL - start) / (cls.POTENTIAL - goal))

    @pytest.mark.parametrize("goal", GOALS)
    def test_turns(self, law, form, goal):
        abilities = ability(rows(self.POTENTIAL, np.arange(10_000), self.GAP), 0.0, BASE)
        first = int(np.argmax(abilities >= goal))
        law.holds(f"turns to a = {goal}", f"{self.theory(goal):.1f}", str(first), first == math.ceil(self.theory(goal)))

    @pytest.mark.parametrize("goal", GOALS)
    def test_days(self, law, form, goal):
        rng = np.random.default_rng(5)
        turns = math.ceil(self.theory(goal))
        days = []
        for _ in range(form(40, 400)):
            arrivals = np.cumsum(rng.exponential(1.0 / self.RATE, 2 * turns + 100))
            good = ability(rows(self.POTENTIAL, np.arange(1, len(arrivals) + 1), self.GAP), 0.0, BASE) >= goal
            days.append(arrivals[np.argmax(good)])
        law.agrees(
            f"days to a = {goal} at {self.RATE:g} turns a day", turns / self.RATE, Estimate.of(days), unit="days"
        )

    def test_without_traffic(self, law, form):
        late = ability(rows(self.POTENTIAL, np.array([0]), self.GAP), 1e4, BASE)[0]
        start = expit(logit(self.POTENTIAL) - self.GAP)
        law.holds("a after 10,000 days without turns", f"{start:.6f}", f"{late:.6f}", abs(late - start) < 1e-12)

    def test_figure(self, form):
        made, (ax,) = figure()
        live = np.arange(4000)
        abilities = ability(rows(self.POTENTIAL, live, self.GAP), 0.0, BASE)
        ax.plot(live, abilities, color="C0")
        ax.plot(
            [self.theory(goal) for goal in self.GOALS], self.GOALS, "o", color="C1", label="V0·ln[(a* - a0)/(a* - a_θ)]"
        )
        ax.axhline(self.POTENTIAL, color="0.7", lw=0.8)
        ax.set(xlabel="live turns V", ylabel="ability", title="when a goal is reached")
        ax.legend(fontsize=8)
        save(made, self.FIGURE)


class TestMissingTypes:
    """The share of prompts whose type no entry shows is Σ p_k·Π_plans (1 - q_k)^n live, and on prompts drawn as the
    entries were the same sum over their own mixture (Good 1953 calls its expectation the missing mass).

    Broken by a missing mass that adds over plans, by curation on the prompts, and by a demo that is not drawn as the
    entries are.
    """

    FIGURE = "data_missing"
    TYPES, EXPONENT = 400, 1.05
    START, PLANS = DataPlan(60, 0.1, 1.0), (DataPlan(40, 0.02, 1.6), DataPlan(150, 0.15, 0.5))
    ROUTES = MappingProxyType({"start": (), "curated": (0,), "raw": (1,), "all": (0, 1, 1)})

    @classmethod
    def datasets(cls):
        settings = config().data
        return Datasets(
            replace(settings, types=cls.TYPES, exponent=cls.EXPONENT, start=cls.START, plans=list(cls.PLANS))
        )

    @classmethod
    def shares(cls, curation):
        weights = np.arange(1.0, cls.TYPES + 1) ** (-cls.EXPONENT * curation)
        return weights / weights.sum()

    @classmethod
    def gather(cls, rng, route):
        """(M, M of the demo) of entries that are drawn one by one."""
        plans = [cls.START, *(cls.PLANS[i] for i in route)]
        drawn = [rng.choice(cls.TYPES, plan.entries, p=cls.shares(plan.curation)) for plan in plans]
        unseen = np.ones(cls.TYPES, bool)
        unseen[np.concatenate(drawn)] = False
        mixture = sum(plan.entries * cls.shares(plan.curation) for plan in plans) / sum(plan.entries for plan in plans)
        return cls.shares(1.0)[unseen].sum(), mixture[unseen].sum()

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        rng = np.random.default_rng(9)
        return {
            name: np.array([cls.gather(rng, route) for _ in range(form(200, 4000))])
            for name, route in cls.ROUTES.items()
        }

    @classmethod
    def theory(cls, name):
        data = cls.datasets()
        dataset = data.start()
        for plan in cls.ROUTES[name]:
            dataset = data.broaden(dataset, plan)
        return data.rates(dataset).missing, data.rates(dataset).demo_missing

    @pytest.mark.parametrize("name", ROUTES)
    def test_missing(self, run, law, name):
        live, demo = self.theory(name)
        law.agrees(f"missing mass live, {name}", live, Estimate.of(run[name][:, 0]))
        law.agrees(f"missing mass in a demo, {name}", demo, Estimate.of(run[name][:, 1]))

    def test_figure(self, run):
        made, (ax,) = figure()
        for place, name in enumerate(self.ROUTES):
            for side, (shade, label) in enumerate((("C0", "live"), ("C1", "in a demo"))):
                e = Estimate.of(run[name][:, side])
                at = place + 0.12 * (2 * side - 1)
                ax.errorbar(at, e.mean, 2 * e.error, fmt="o", ms=4, color=shade, label=label if place == 0 else None)
                ax.plot([at - 0.1, at + 0.1], [self.theory(name)[side]] * 2, color=shade)
        ax.set(xticks=range(len(self.ROUTES)), xticklabels=list(self.ROUTES), ylabel="missing mass M", ylim=(0, None))
        ax.set(title="lines theory, points entries drawn one by one")
        ax.legend(fontsize=8)
        save(made, self.FIGURE)
