"""Sandbox (M3, M7, M10): what an exploration floor gives to models that are not trusted yet"""

import numpy as np
import pytest
from matplotlib.ticker import MaxNLocator
from scipy.special import logit
from scipy.stats import binom

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


class TestFloor:
    """ε > 0: a model leaves the sandbox after V = V0·ln[(a*-a0)/(a*-a_θ)] turns, a_θ the ability whose confidence is θ,
    and the windows in which the network finds out.

    Abilities go down to the data plane at ticks alone, and what a window of n turns showed is judged at its end. So in
    window j (0, 1, ...) all turns meet the ability of its beginning, a_j = a(j·n), and the model leaves at V = (j+1)·n
    with probability p_j = P(Bin(n, a_j) ≥ θ·n) if it is still there. The lag behind the law is then expected to be
    Σ_j ((j+1)·n - V)·p_j·Π_{i<j}(1-p_i). Without chance it is one to two windows, since the law's V lies somewhere
    within a window; a lucky window, which admits for good, makes it shorter, an unlucky one longer.
    Broken by maturing with time instead of turns, by turns counted twice, and by evidence a tick late.
    """

    FIGURE = "sandbox_graduation"

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        models, turns, v0 = form(12, 60), form(1500, 6000), form(9000.0, 60_000.0)
        world = sandbox(models, 0.5, turns, v0, form(14, 22), seed=311)
        world.theory = v0 * np.log((POTENTIAL - world.start) / (POTENTIAL - STRICTNESS))
        world.turns = turns
        world.lag = np.array([cls.lag(start, turns, v0) for start in world.start])
        return world

    @staticmethod
    def lag(start: float, turns: int, v0: float) -> float:
        """Expected windows by which a model of ability ``start`` leaves later than at the law's V."""
        windows = np.arange(60)
        ability = POTENTIAL - (POTENTIAL - start) * np.exp(-windows * turns / v0)
        passes = binom.sf(np.ceil(STRICTNESS * turns) - 1, turns, ability)
        leaves = passes * np.cumprod(np.append(1.0, 1.0 - passes[:-1]))
        reached = v0 * np.log((POTENTIAL - start) / (POTENTIAL - STRICTNESS)) / turns
        return float(((windows + 1 - reached) * leaves).sum())

    def test_all(self, run, law):
        count = int((run.graduated >= 0).sum())
        law.holds("graduations", str(len(run.start)), str(count), count == len(run.start))

    def test_turns(self, run, law):
        late = []
        for m, v in enumerate(run.graduated):
            path = np.array([0, *(live[m] for live, _, _ in run.course)])
            last = np.diff(path)[np.searchsorted(path, v) - 1]  # turns of the window in which it graduated
            late.append((v - run.theory[m]) / last - run.lag[m])
        about = f"turns after the law's, in windows, less the {run.lag.mean():.2f} expected"
        law.agrees(about, 0.0, Estimate.of(np.array(late)))

    def test_figure(self, run):
        made, (left, right) = figure(2)
        thousand = 1e-3
        for m in range(min(12, len(run.start))):
            turns = [live[m] * thousand for live, _, _ in run.course]
            left.plot(turns, [c[m] for _, c, _ in run.course], color="0.6", lw=0.8)
        left.axhline(STRICTNESS, color="k")
        left.set(xlabel="V, thousand turns", ylabel="confidence", ylim=(0.4, 1), title="strictness: black")
        right.plot(run.theory * thousand, run.graduated * thousand, "o", ms=3, color="C0")
        order = np.argsort(run.theory)
        windows = np.array([run.theory, run.theory + run.lag * run.turns])[:, order] * thousand
        right.plot(windows[0], windows[0], color="k", lw=0.8, label="the law")
        right.plot(windows[0], windows[1], color="C1", lw=0.8, label="and the windows until it is seen")
        right.set(xlabel="law: V0·ln[(a*-a0)/(a*-a_θ)], thousand turns", ylabel="V when it left, thousand turns")
        right.legend(fontsize=8)
        for ax in (left, right):
            ax.xaxis.set_major_locator(MaxNLocator(5))
        save(made, self.FIGURE)
