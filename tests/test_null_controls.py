"""Null controls: where a mechanism is off, its effect must be gone; each control is shown to be able to fail."""

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.special import logit

import sim.developers.community
import sim.endowment
import sim.network.network
import sim.scoreboard
import sim.trust.stake
from sim.config import keys
from sim.datasets import Datasets
from sim.developers.choice import Chooser
from sim.developers.projects import Workshop
from sim.economy.ledger import micro
from sim.endowment import endow
from sim.landscape import _History
from sim.network.gate import Gate
from sim.simulation import simulate
from sim.streams import DEAL
from sim.trust.gauntlet import Evaluator
from tests.economies import World, differing, economy

RANDOM = {"developers__policy": "random", "developers__endowment__wealth": 1e6}
"""Chance decides, and everybody can pay for it."""

EQUAL = {
    f"developers__endowment__{name}": 0.0 for name in ("wealth_sigma", "speed_sd", "cost_sd", "skill_sd", "risk_sd")
}
"""Developers who differ in nothing but their draws."""

FALLING = {"governance__immunity_days": 0, "governance__hysteresis": 0.0, "governance__strictness": 0.72,
           "stake__exposure": ["ejection", "rejection", "expiry"], "evidence__half_life_days": 2.0,
           "developers__policy": "random", "developers__endowment__wealth": 1e6}  # fmt: skip
"""A network in which many fail."""

MATURE = {"learning__v0": 0.0, "learning__gap": 0.0, "learning__gap_distance": 0.0, "learning__rawness": 0.0,
          "learning__staleness": 0.0, "projects__luck": 0.0, "landscape__redraw_days": 0.0,
          "landscape__idea_days": 2.0, "developers__policy": "random"}  # fmt: skip
"""Models are born mature, and stay what they are."""


def same_routes(one, other) -> bool:
    """Every model served the same turns, day by day."""
    columns = ["day", "model", "status", "weight", "turns", "turns_ok", "confidence"]
    ours, theirs = (r.tables["standings"][columns] for r in (one, other))
    return ours.equals(theirs) and one.tables["flows"].equals(other.tables["flows"])


class TestStakeWithoutInfluence:
    """σ = 0: flows are the same whatever is at stake."""

    @staticmethod
    def staked(rule, sigma, stakes):
        """Nobody develops; founders have ``stakes`` credits at stake, the last one this, the one before that."""

        def lock(world):
            ledger = world.network.ledger
            for m, stake in zip(range(len(world.network.models) - len(stakes), len(world.network.models)), stakes,
                                strict=True):  # fmt: skip
                ledger.mint(("stakes", m), micro(stake))

        c = economy(f"stake={rule}", stake__sigma=sigma, developers__policy="idle", economy__pricing="fee",
                    stake__routed="admission_confidence", developers__endowment__running_cost=0,
                    governance__strictness=0.5)  # fmt: skip
        return World(c, prepare=lock).run()

    @pytest.mark.parametrize("rule", ["pseudo_count", "additive"])
    def test_exogenous(self, rule):
        none, much = ([0.0] * 12, [3000.0 * (i % 2) for i in range(12)])
        assert same_routes(self.staked(rule, 0.0, none), self.staked(rule, 0.0, much))
        assert not same_routes(self.staked(rule, 0.5, none), self.staked(rule, 0.5, much))

    @pytest.mark.parametrize("rule", ["pseudo_count", "additive"])
    def test_chosen_by_chance(self, rule):
        def run(sigma, stake):
            return simulate(economy(f"stake={rule}", **RANDOM, stake__sigma=sigma, developers__stakes=[stake],
                                    governance__strictness=0.5))  # fmt: skip

        none, much = run(0.0, 0.0), run(0.0, 1.0)
        assert same_routes(none, much) and much.summary["staked"] > none.summary["staked"] == 0
        assert not same_routes(run(0.5, 0.0), run(0.5, 1.0))


class TestEqualEndowments:
    """Equal developers: which half a developer is in by chance makes no difference beyond chance."""

    SEEDS = 12

    def differences(self, skill):
        """By seed: mean turns of the labelled half less those of the others, with ``skill`` (logit) the label's."""
        found = []
        for seed in range(self.SEEDS):
            c = economy(**EQUAL, seed=seed, horizon_days=12, developers__arrivals=0)
            people = endow(c, c.horizon_days)
            assert len(set(people.wealth)) == len(set(people.skill)) == len(set(people.speed)) == 1
            label = np.random.default_rng(seed).permutation(len(people)) % 2 == 0
            result = World(c, endowments=replace(people, skill=np.where(label, skill, 0.0))).run()
            turns = result.tables["developers"]["turns"].to_numpy()
            found.append(turns[label].mean() - turns[~label].mean())
        return np.array(found)

    def test_labels(self):
        assert stats.ttest_1samp(self.differences(0.0), 0.0).pvalue > 1e-3

    def test_a_difference_would_show(self):
        assert stats.ttest_1samp(self.differences(1.0), 0.0, alternative="greater").pvalue < 1e-3


class TestWealth:
    """Wealth permuted over developers takes its effect along: nothing else about a developer's place makes it."""

    RICH, POOR = 50_000.0, 300.0

    @pytest.mark.parametrize("rich_first", [False, True])
    def test_effect_goes_along(self, rich_first):
        c = economy(gauntlet__fee=2000, economy__fee=1.0, developers__arrivals=0, population__models=24,
                    population__developers=24, developers__endowment__running_cost=0)  # fmt: skip
        people = endow(c, c.horizon_days)
        rich = (np.arange(len(people)) < len(people) // 2) == rich_first
        result = World(c, endowments=replace(people, wealth=np.where(rich, self.RICH, self.POOR))).run()
        submissions = result.tables["developers"]["submissions"].to_numpy()
        assert submissions[rich].mean() > 0.5 and (submissions[~rich] == 0).all()


    def test_fortunes_dealt_anew_are_the_same_in_other_hands(self):
        own, dealt = (endow(economy(developers__endowment__wealth_deal=k), 20.0) for k in (0, 1))
        assert sorted(own.wealth) == sorted(dealt.wealth)
        assert (own.wealth != dealt.wealth).any()
        assert all((getattr(own, name) == getattr(dealt, name)).all() for name in ("arrival", "speed", "cost", "skill"))


@pytest.fixture
def intentions(monkeypatch):
    """What every developer intended at its free moments, in order, of each run until it is cleared."""
    found = {}
    inner = Chooser.project

    def project(self, own, public):
        decision = inner(self, own, public)
        found.setdefault(self._projects._key[1], []).append((decision.intended.kind, decision.intended.plan))
        return decision

    monkeypatch.setattr(Chooser, "project", project)
    return found


class TestRandomPolicy:
    """The placebo: what is intended, before it is asked whether it can be paid, does not depend on governance."""

    ARMS = (
        {},
        {"governance__strictness": 0.75, "gauntlet__fee": 900, "stake__sigma": 0.0, "governance__sandbox_days": 5},
        {"governance__strictness": 0.3, "router__sandbox_share": 0.5, "developers__endowment__wealth": 500},
    )

    @staticmethod
    def intended(intentions, policy, keys):
        intentions.clear()
        simulate(economy(**{"developers__policy": policy, "economy__fee": 2.0} | keys))
        return dict(intentions)

    @staticmethod
    def alike(one, other):
        """Whether each developer's n-th intention is the same, as far as both arms go."""
        pairs = [pair for i in one.keys() & other.keys() for pair in zip(one[i], other[i], strict=False)]
        assert len(pairs) > 50
        return all(ours == theirs for ours, theirs in pairs)

    def test_intentions(self, intentions):
        first, *others = (self.intended(intentions, "random", keys) for keys in self.ARMS)
        assert all(self.alike(first, other) for other in others)

    def test_others_look_at_governance(self, intentions):
        first, *others = (self.intended(intentions, "expected_utility", keys) for keys in self.ARMS)
        assert not any(self.alike(first, other) for other in others)


class TestVisibility:
    """ω is about rescued failures alone: without retries it has no effect at all."""

    @staticmethod
    def run(retry, visibility):
        return simulate(economy(f"retry={retry}", evidence__visibility=visibility))

    def test_without_retries(self):
        none, whole = self.run("none", 0.0), self.run("none", 1.0)
        assert differing(none, whole) == []

    def test_with_retries(self):
        none, whole = self.run("openai", 0.0), self.run("openai", 1.0)
        bad = [r.tables["standings"].query("day <= 1")["evidence_bad"].sum() for r in (none, whole)]
        assert bad[0] < bad[1]


class TestZeroGovernance:
    """No slashing takes nothing, and a strictness of 0 admits all and ejects none."""

    def test_slashing(self):
        fraction, rule, on = (
            simulate(economy(**FALLING, **keys))
            for keys in ({"stake__fraction": 0.0}, {"stake__slashing": "none"}, {"stake__fraction": 0.5})
        )
        assert differing(fraction, rule) == []
        assert fraction.summary["slashed"] == fraction.summary["burned"] == 0 < on.summary["slashed"]

    def test_strictness(self):
        free = simulate(economy(**FALLING | {"governance__strictness": 0.0})).summary
        strict = simulate(economy(**FALLING)).summary
        assert free["rejections"] == free["ejections"] == free["sandboxed"] == free["sandbox"] == 0
        assert free["admissions"] == free["submissions"] > 0
        assert strict["rejections"] + strict["sandboxed"] > 0 and strict["ejections"] > 0


class TestWorthlessIdeas:
    """Ideas that are worth nothing extra and are born mature: an experiment is the model that it started from."""

    @classmethod
    def gains(cls, **keys):
        """Logit potential of each model that an experiment made, less that of its parent."""
        found = []
        for seed in range(4):
            c = economy(**MATURE | {"developers__endowment__wealth": 1e6, "horizon_days": 30, "seed": seed} | keys)
            models = simulate(c).tables["models"].set_index("model")
            assert np.allclose(models["ability"], models["potential"], rtol=0, atol=1e-12), "not mature"
            made = models[(models["kind"] == "experiment") & (models["parent"] >= 0)]
            found.append(logit(made["potential"].to_numpy()) - logit(models["potential"][made["parent"]].to_numpy()))
        return np.concatenate(found)

    def test_no_option_value(self):
        gains = self.gains(landscape__worth="none")
        assert len(gains) > 20 and np.abs(gains).max() < 1e-9

    def test_nor_any_beyond_the_luck_of_the_build(self):
        assert stats.ttest_1samp(self.gains(landscape__worth="none", projects__luck=0.2), 0.0).pvalue > 1e-3

    def test_ideas_of_their_own_worth_have_some(self):
        assert stats.ttest_1samp(self.gains(), 0.0, alternative="greater").pvalue < 1e-3


OFF = re.compile(r"(?:^|[;:] )(0|1|null): ")
"""How the doc of a key says what switches it off: ``...; 0: never``."""

MECHANISMS = ("learning", "landscape", "data", "projects", "service", "response", "retry", "evidence", "stake",
              "gauntlet", "router", "developers")  # fmt: skip
"""Sections of M3 to M12."""

ELSEWHERE = {
    "service.queue_limit": "compiled into the data plane; tests/verification/test_loss.py has its law",
}
"""Switches that no patch can take out of a run, and where they are tested."""


def _matured_at_once(patch):
    inner = Workshop.experiment

    def experiment(self, own, birth, idea):
        row = inner(self, own, birth, idea)
        row["gap"] = row["rawness"] = 0.0
        return row

    patch.setattr(Workshop, "experiment", experiment)


def _landscape_that_stays(patch):
    patch.setattr(_History, "_redraw", lambda self, number: (np.inf, 0))


def _data_of_no_effect(patch):
    patch.setattr(Datasets, "offset", lambda self, dataset: 0.0)
    patch.setattr(Datasets, "demo", lambda self, dataset: 0.0)
    patch.setattr(Datasets, "thin", lambda self, missing: (1.0, 1.0))


def _hazard_that_data_leave(patch):
    inner = Datasets.thin
    patch.setattr(Datasets, "thin", lambda self, missing: (inner(self, missing)[0], 1.0))


def _spread_that_data_leave(patch):
    inner = Datasets.thin
    patch.setattr(Datasets, "thin", lambda self, missing: (1.0, inner(self, missing)[1]))


def _hardening_that_leaves(*names):
    def apply(patch):
        inner = Workshop.harden

        def harden(self, parent, birth):
            row = inner(self, parent, birth)
            for name in names:
                row[name] = parent[name]
            return row

        patch.setattr(Workshop, "harden", harden)

    return apply


def _door_without_limit(patch):
    patch.setattr(Gate, "open_to", lambda self, developer: True)


def _no_evaluation_again(patch):
    def reevaluate(self, m):
        yield self.env.timeout(0)

    patch.setattr(Gate, "reevaluate", reevaluate)


def _stake_without_influence(patch):
    patch.setitem(sim.trust.stake.RULES, "pseudo_count", sim.trust.stake.none)


def _stake_without_cap(patch):
    inner = sim.trust.stake.effective
    for module in (sim.trust.stake, sim.network.network):
        patch.setattr(module, "effective", lambda settings, *held: inner(replace(settings, cap=0.0), *held))


SUPPLY = 54_321.0


def _nobody_delegates(patch):
    patch.setattr(sim.scoreboard, "delegate", lambda settings, held, confidence, status: np.zeros(len(status), int))
    patch.setattr(sim.network.network, "micro", lambda amount: 0 if amount == SUPPLY else micro(amount))


def _prices_that_stay(patch):
    patch.setattr(sim.developers.community, "next_price", lambda price, traffic, mean, step: price)


def _fortunes_that_stay(patch):
    inner, same = sim.endowment.generator, SimpleNamespace(permutation=lambda fortunes: fortunes)
    patch.setattr(sim.endowment, "generator", lambda seed, use, i: same if use == DEAL else inner(seed, use, i))


SWITCHES = {  # key: (a value at which it is on, what takes the mechanism out of the code, other keys)
    "learning.v0": (60.0, _matured_at_once, {}),
    "landscape.redraw_days": (2.0, _landscape_that_stays, {}),
    "data.effect": (1.0, _data_of_no_effect, {}),
    "data.thin_hazard": (4.0, _hazard_that_data_leave, {"gauntlet__paraphrase": 0.5}),
    "data.thin_spread": (2.0, _spread_that_data_leave, {}),
    "projects.harden_hazard": (0.3, _hardening_that_leaves("hazard", "drift"), {}),
    "projects.harden_penalty": (0.3, _hardening_that_leaves("e_edge", "e_adv"), {}),
    "gauntlet.attempts": (1, _door_without_limit, {}),
    "gauntlet.reevaluate_days": (3.0, _no_evaluation_again, {}),
    "stake.sigma": (1.0, _stake_without_influence, {}),
    "stake.cap": (300.0, _stake_without_cap, {}),
    "developers.endowment.wealth_deal": (1, _fortunes_that_stay, {}),
    "stake.delegation.supply": (SUPPLY, _nobody_delegates, {}),
    "developers.price_step": (0.2, _prices_that_stay, {"economy__pricing": "price"}),
}


def switches() -> dict[str, float | None]:
    """Every key of M3 to M12 whose doc says which value switches it off, with that value."""
    found = {name: OFF.search(key.meta["doc"]) for name, key in keys().items() if name.split(".")[0] in MECHANISMS}
    return {name: None if hit[1] == "null" else float(hit[1]) for name, hit in found.items() if hit}


@pytest.mark.parametrize("key", ["data.thin_hazard", "data.effect"])
def test_thin_data_leave_wordings_alone(key, monkeypatch):
    """Where thin data do nothing, a wording redraws as much of the task for every model."""
    c = economy(**RANDOM | {key.replace(".", "__"): 0.0}, gauntlet__paraphrase=0.5)
    before, inner = simulate(c), Evaluator.score

    def score(self, candidate, number):
        candidate["fragility"] = 1.0
        return inner(self, candidate, number)

    monkeypatch.setattr(Evaluator, "score", score)
    assert differing(before, simulate(c)) == []


def assert_alike(one, other):
    """The same tables and summary but for rounding."""
    ours, theirs = (r.tables | {"summary": pd.DataFrame([r.summary])} for r in (one, other))
    for name, table in ours.items():
        pd.testing.assert_frame_equal(table, theirs[name], rtol=1e-12, atol=1e-12)


class TestSwitches:
    """A mechanism at its off value is as if its code were not there; at another value it is there."""

    def test_every_switch_is_tested(self):
        assert set(SWITCHES) | set(ELSEWHERE) == set(switches())

    @pytest.mark.parametrize("key", SWITCHES)
    def test_off_is_off(self, key, monkeypatch):
        value, take_out, others = SWITCHES[key]
        name, off = key.replace(".", "__"), switches()[key]

        def run(setting):
            return simulate(economy(**RANDOM | others | {name: setting}))

        without, on = run(off), run(value)
        take_out(monkeypatch)
        assert differing(without, on) != [], "the switch does nothing here"
        assert_alike(without, run(value))
