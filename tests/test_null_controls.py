"""Null controls: where a mechanism is off, its effect must be gone; each control is shown to be able to fail."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scipy.special import logit

from sim.developers.choice import Chooser
from sim.economy.ledger import micro
from sim.endowment import endow
from sim.simulation import simulate
from tests.economies import FALLING, RANDOM, World, differing, economy

EQUAL = {
    f"developers__endowment__{name}": 0.0 for name in ("wealth_sigma", "speed_sd", "cost_sd", "skill_sd", "risk_sd")
}
"""Developers who differ in nothing but their draws."""

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
