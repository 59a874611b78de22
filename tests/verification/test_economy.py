"""Sandbox (M3, M7, M10): what an exploration floor gives to models that are not trusted yet"""

import numpy as np
import pytest
from scipy.special import logit

from sim.status import Status
from tests.economies import World, economy
from tests.verification.estimates import Estimate
from tests.verification.figures import figure, save

POTENTIAL, STRICTNESS = 0.9, 0.7
START = (0.45, 0.6)
"""Lowest and highest starting ability; evidence of these is below STRICTNESS."""


def sandbox(models: int, floor: float, turns: int, v0: float, days: int, seed: int) -> World:
    """``models`` domains, each with one admitted and one immature model that at a floor of .5 gets ``turns`` a tick.

    A domain of its own keeps a model's traffic what it is when others leave the sandbox.
    Confidence is the success rate of the last window: a mean, hardly any prior, no memory; so a_θ = θ.
    """
    start = np.random.default_rng(seed).uniform(*START, models)

    def prepare(world):
        rows, standing = world.network.models.rows, world.network.standing
        for name in ("spread", "hazard", "drift", "e_edge", "e_adv"):
            rows[name] = 0.0
        rows["slots"] = rows["came_with"] = 10**6
        rows["potential"][models:] = POTENTIAL
        rows["gap"][2 * models :] = logit(POTENTIAL) - logit(start)
        standing["status"][models : 2 * models] = Status.ADMITTED
        world.network.models.renew(0.0, np.arange(len(rows)))
        world.start = start
        world.graduated = np.full(models, -1)  # V at graduation
        world.course = []  # (V, confidence) by tick

    def each_tick(world):
        live, status = (world.network.models.rows["live"][2 * models :], world.network.standing["status"][2 * models :])
        new = (status == Status.ADMITTED) & (world.graduated < 0)
        world.graduated[new] = live[new]
        world.course.append((live.copy(), world.network.evidence.confidence[2 * models :].copy(), status.copy()))

    c = economy(
        "retry=none", seed=seed, horizon_days=days, warmup_days=0, demand__rate=2 * models * turns,
        demand__domains=models, demand__zipf=0.0,
        demand__edge=0, demand__adversarial=0, demand__turns_mean=1, population__models=2 * models,
        population__developers=2 * models, developers__arrivals=0, developers__policy="idle",
        developers__endowment__running_cost=0, economy__fee=0.0, service__patience="none", learning__v0=v0,
        learning__staleness=0, landscape__redraw_days=0, evidence__bound="mean", evidence__prior_good=1e-3,
        evidence__prior_bad=1e-2, evidence__half_life_days=0.02, evidence__design_effect=False,
        governance__strictness=STRICTNESS, governance__sandbox_days=None, governance__hysteresis=0.5,
        router__sandbox_share=floor, stake__sigma=0.0, response__leave=0, response__detect=1,
    )  # fmt: skip
    world = World(c, prepare=prepare, each_tick=each_tick)
    world.run()
    return world


class TestNoFloor:
    """ε = 0 and C(a0) below θ: V = 0 forever, whatever the potential; nobody learns of it.

    Broken by a sandbox that leaks traffic, and by confidence that rises without evidence.
    """

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        return sandbox(10, 0.0, 50, 100.0, form(20, 60), seed=4)

    def test_no_turns(self, run, law):
        most = int(run.course[-1][0].max())
        law.holds("largest V of ten models of potential .9", "0", str(most), most == 0)

    def test_no_graduation(self, run, law):
        count = int((run.graduated >= 0).sum())
        law.holds("graduations", "0", str(count), count == 0)


class TestGraduation:
    """ε > 0: a model leaves the sandbox after V = V0·ln[(a*-a0)/(a*-a_θ)] turns, a_θ the ability whose confidence is θ.

    Abilities go down to the data plane at ticks alone, so a window shows the ability at its beginning, and the tick at
    its end sees it: V is later by one to two windows of turns, and by one and a half on average, since the starting
    abilities spread the crossing evenly over windows. That chance lets a model pass a little early is left out.
    Broken by maturing with
    time instead of turns, by turns counted twice, and by evidence a tick late.
    """

    FIGURE = "sandbox_graduation"

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        models, turns, v0 = form(12, 60), form(1500, 6000), form(9000.0, 60_000.0)
        world = sandbox(models, 0.5, turns, v0, form(14, 22), seed=5)
        world.theory = v0 * np.log((POTENTIAL - world.start) / (POTENTIAL - STRICTNESS))
        world.turns = turns
        return world

    def test_all(self, run, law):
        count = int((run.graduated >= 0).sum())
        law.holds("graduations", str(len(run.start)), str(count), count == len(run.start))

    def test_turns(self, run, law):
        windows = []
        for m, v in enumerate(run.graduated):
            path = np.array([0, *(live[m] for live, _, _ in run.course)])
            last = np.diff(path)[np.searchsorted(path, v) - 1]  # turns of the window in which it graduated
            windows.append((v - run.theory[m]) / last)
        law.agrees("turns after the law's, in windows", 1.5, Estimate.of(np.array(windows)))

    def test_figure(self, run):
        made, (left, right) = figure(2)
        for m in range(min(12, len(run.start))):
            left.plot([live[m] for live, _, _ in run.course], [c[m] for _, c, _ in run.course], color="0.6", lw=0.8)
        left.axhline(STRICTNESS, color="k")
        left.set(xlabel="V, turns", ylabel="confidence", ylim=(0.4, 1), title="strictness: black")
        right.plot(run.theory, run.graduated, "o", ms=3)
        ends = np.array([run.theory.min(), run.theory.max()])
        right.plot(ends, ends, color="k", lw=0.8)
        right.set(xlabel="law: V0·ln[(a*-a0)/(a*-a_θ)], turns", ylabel="V when it left the sandbox, turns")
        save(made, self.FIGURE)
