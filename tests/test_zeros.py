"""The catalog of zeros: every number of M3 to M12 that may be 0, and every switch that is true or false, found in the
schema. At 0 (false) a mechanism is off, and each key is shown to be so in one of the ways below; what is no mechanism
says why."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import sim.developers.community
import sim.developers.projects
import sim.network.network
import sim.trust.stake
from sim.config import keys
from sim.developers.beliefs import PROJECTS, Beliefs
from sim.developers.projects import Workshop
from sim.endowment import endow
from sim.simulation import simulate
from sim.trust.gauntlet import Evaluator
from tests.economies import FALLING, RANDOM, differing, economy
from tests.founders import founders
from tests.test_switches import ELSEWHERE, MECHANISMS, SWITCHES, assert_alike

BACKOFF = {"retry__retries": 2, "retry__kinds": ["bad"], "retry__backoff": "exponential", "retry__base_s": 30.0,
           "retry__cap_s": 300.0, "retry__jitter": "none"}  # fmt: skip
MANY = {"governance__strictness": 0.2}
"""Several models admitted in each domain, among which an allocation can choose."""
UNIFORM = {"router__allocation": "uniform"}
WEIGHT = MANY | {"stake__rule": "weight", "stake__beta": 0.0, "stake__alpha": 8.0}
BUSY = {"population__slots": 1, "population__tokens_per_s": 2.0, "service__patience": "none",
        "governance__strictness": 0.3}  # fmt: skip
FREE = {f"projects__{kind}__cost": 0.0 for kind in PROJECTS}

IN_WORDS = {  # key: (a value at which it is on, other keys, keys that say in words what 0 means)
    "service.noise_sigma": (0.8, {}, {"service__noise": "fixed"}),
    "service.patience_sigma": (1.0, {"service__patience": "lognormal"}, {"service__patience": "fixed"}),
    "retry.retries": (2, BACKOFF, {"retry__kinds": []}),
    "retry.base_s": (30.0, BACKOFF, {"retry__backoff": "none"}),
    "retry.cap_s": (300.0, BACKOFF, {"retry__backoff": "none"}),
    "retry.jitter_share": (0.5, BACKOFF | {"retry__jitter": "around"}, {"retry__jitter": "none"}),
    "router.showcase.alpha": (8.0, MANY | {"router__allocation": "showcase"}, UNIFORM),
    "router.proportional.alpha": (8.0, MANY | {"router__allocation": "proportional"}, UNIFORM),
    "router.cvar.alpha": (8.0, MANY | {"router__allocation": "cvar"}, UNIFORM),
    "router.epsilon_greedy.epsilon": (
        0.5, MANY | {"router__allocation": "epsilon_greedy"}, {"router__allocation": "greedy"},
    ),
    "router.stake_weighted.alpha": (
        8.0, MANY | {"router__allocation": "stake_weighted", "router__stake_weighted__beta": 0.0},
        UNIFORM,
    ),
    "router.stake_weighted.beta": (
        2.0, MANY | {"router__allocation": "stake_weighted", "router__stake_weighted__alpha": 4.0},
        {"router__allocation": "proportional", "router__proportional__alpha": 4.0},
    ),
    "stake.alpha": (8.0, WEIGHT, {"stake__rule": "none"} | UNIFORM),
    "stake.beta": (2.0, WEIGHT, {"stake__rule": "none", "router__allocation": "proportional",
                                 "router__proportional__alpha": 8.0}),
    "stake.n_c": (400.0, {"stake__sigma": 1.0}, {"stake__rule": "none"}),
    "stake.bond": (500.0, {"stake__rule": "gate"}, {"stake__rule": "none"}),
    "stake.fraction": (0.5, FALLING, {"stake__slashing": "none"}),
    "stake.clip": (0.05, {"stake__slashing": "numerai"}, {"stake__slashing": "none"}),
    "stake.correlation": (3.0, FALLING | {"stake__slashing": "ethereum"}, {"stake__slashing": "none"}),
    "projects.spread_max": (8.0, {"projects__harden_spread": 0.3}, {"projects__harden_spread": 0.0}),
}  # fmt: skip

INERT = {  # key: (a value at which it is on, other keys, a key that then acts through it alone, two values of that)
    "evidence.audit": (1.0, {"retry__retries": 2}, "evidence__visibility", (0.0, 1.0)),
    "evidence.design_effect": (True, {"gauntlet__repeats": 5}, "evidence__pool", (1.0, 1000.0)),
    "router.slow_start_days": (10.0, MANY, "router__slow_start_min", (0.1, 0.9)),
    "landscape.sd": (0.4, {}, "landscape__k", (0, 6)),
    "data.exponent": (1.05, {}, "data__start__curation", (1.0, 2.0)),
    "data.error_scale": (1.2, {}, "data__error_power", (0.2, 0.6)),
    "projects.harden_spread": (0.3, {}, "projects__spread_max", (4.0, 12.0)),
    "gauntlet.paraphrase": (0.5, {"gauntlet__repeats": 4}, "gauntlet__paraphrases", (1, 4)),
    "developers.arrivals": (12, {}, "developers__arrival_share", (0.2, 0.9)),
}

TOTALS = {  # key: (a value at which it is on, other keys, what then adds up to 0)
    "gauntlet.fee": (150.0, {}, "fees"),
    "gauntlet.rehearsal_fee": (60.0, {"developers__rehearsals": [2]}, "rehearsal_cost"),
    "gauntlet.rehearsal_days": (0.25, {"developers__rehearsals": [2]}, "rehearse_hours"),
    "stake.delegation.cut": (0.2, {"stake__delegation__supply": 1000.0, "stake__slashing": "none"}, "costaker_surplus"),
    "developers.endowment.running_cost": (5000.0, {"developers__endowment__wealth": 9000.0}, "bankruptcies"),
} | {f"projects.{kind}.cost": (50.0, FREE, "project_cost") for kind in PROJECTS}

ALIKE = {  # key: what it makes developers differ in
    "developers.endowment.wealth": "wealth",
    "developers.endowment.wealth_sigma": "wealth",
    "developers.endowment.speed_sd": "speed",
    "developers.endowment.cost_sd": "cost",
    "developers.endowment.skill_sd": "skill",
    "developers.endowment.risk_sd": "risk_aversion",
}


def _experiments(name):
    def patch(monkeypatch):
        inner = Workshop.experiment

        def experiment(self, own, birth, idea):
            row = inner(self, own, birth, idea)
            row[name] = 0.0
            return row

        monkeypatch.setattr(Workshop, "experiment", experiment)

    return patch


def _stake_by_itself(monkeypatch):
    inner = sim.trust.stake.effective
    for module in (sim.trust.stake, sim.network.network):
        monkeypatch.setattr(
            module, "effective", lambda settings, *held: inner(replace(settings, quadratic=False), *held)
        )


def _slots_that_stay(monkeypatch):
    monkeypatch.setattr(sim.developers.community, "next_slots", lambda slots, *_: slots)


TAKEN_OUT = {  # key: (a value at which it is on, other keys, what takes the mechanism out of the code)
    "learning.gap": (1.0, {"learning__gap_distance": 0.0}, _experiments("gap")),
    "learning.gap_distance": (1.0, {"learning__gap": 0.0}, _experiments("gap")),
    "learning.rawness": (0.5, {}, _experiments("rawness")),
    "stake.quadratic": (True, {}, _stake_by_itself),
    "developers.slot_step": (True, BUSY, _slots_that_stay),
}


def _last_worked_on_long_ago(monkeypatch):
    inner = Workshop._child

    def child(self, kind, parent, birth):
        row = inner(self, kind, parent, birth)
        row["worked_day"] -= 100.0
        return row

    monkeypatch.setattr(Workshop, "_child", child)


def _lucky(monkeypatch):
    inner = sim.developers.projects._build
    monkeypatch.setattr(sim.developers.projects, "_build", lambda rows, seed, *rest: inner(rows, seed + 1, *rest))


def _candidates(name, value, columns=slice(None)):
    def patch(monkeypatch):
        inner = Evaluator.score

        def score(self, candidate, number):
            candidate[name][..., columns] = value
            return inner(self, candidate, number)

        monkeypatch.setattr(Evaluator, "score", score)

    return patch


UNREAD = {  # key: (a value at which it is on, other keys, what changes what the mechanism reads)
    "learning.staleness": (0.01, {}, _last_worked_on_long_ago),
    "projects.luck": (0.2, {}, _lucky),
    "gauntlet.known": (0.5, {}, _candidates("familiarity", 0.9)),
    "gauntlet.context_share": (0.5, {"gauntlet__turns": 3}, _candidates("hazard", 1.0)),
    "gauntlet.edge": (0.3, {}, _candidates("mu", -9.0, slice(2, 4))),
    "gauntlet.adversarial": (0.3, {}, _candidates("mu", -9.0, slice(4, 6))),
}

LAWS = {  # key: the test that says what 0 means
    "service.cancel": "verification/test_amplification.py::test_burning",
    "response.derail_penalty": "test_zeros.py::test_without_a_penalty_a_derailed_session_is_like_any_other",
    "response.gamma": "verification/test_carryover.py::TestDerailing",
    "response.follow": "verification/test_carryover.py::test_first_visit",
    "response.recap": "verification/test_carryover.py::test_for_good",
    "response.drift_hazard": "verification/test_carryover.py::TestDriftedHazard",
    "response.detect": "test_sessions.py::test_only_after_a_failure_that_was_noticed",
    "response.leave": "test_sessions.py::test_never_or_always",
    "retry.immediate": "test_sessions.py::test_immediate_retries_wait_only_where_no_other_model_is_healthy",
    "evidence.visibility": "verification/test_evidence.py::test_nothing_is_visible",
    "router.sticky": "test_sessions.py::test_without_it_every_turn_picks_anew",
    "router.sandbox_share": "verification/test_economy.py::TestNoFloor",
    "router.envoy.panic": "test_health.py::test_without_panic_health_is_never_ignored",
    "landscape.k": "verification/test_landscape.py::test_k_0",
    "stake.delegation.exponent": "test_stake.py::test_the_supply_follows_confidence_where_there_may_be_traffic",
    "developers.endowment.risk_aversion": "verification/test_choice.py::test_risk_neutral",
    "developers.noise": "test_policies.py::test_without_noise_it_is_the_best_and_chance_among_equals",
    "developers.esteem": "test_plans.py::test_where_nobody_hears_or_minds_a_failure_costs_no_esteem",
    "developers.cleanup.lasting":
        "test_projects.py::test_live_keeps_what_does_not_last_and_evaluation_sees_the_whole_cut",
    "developers.beliefs.public": "test_beliefs.py::test_they_count_less_and_not_at_zero",
    "developers.beliefs.elasticity":
        "test_plans.py::test_revenue_that_does_not_follow_the_rate_is_the_same_at_every_rate",
    "developers.roth_erev.recency": "test_zeros.py::test_roth_erev_forgets_and_spreads_nothing",
    "developers.roth_erev.experimentation": "test_zeros.py::test_roth_erev_forgets_and_spreads_nothing",
}

_CURVE = "a parameter of a curve, which is off as a whole at data.effect = 0"
_BUDGET = "a budget of nothing allows no retry; retry.budget.kind=none is off"
_HEALTH = "the strictest there is; router.health=none is off"
_BELIEF = "a belief like any other"
AMOUNTS = {  # key: why 0 is a value like any other
    "service.grid_bits": "whole seconds",
    **dict.fromkeys([f"retry.budget.{name}" for name in ("ratio", "floor", "capacity", "cost", "timeout_cost",
                                                         "refund")], _BUDGET),
    "router.slow_start_min": "slow start that begins with nothing; router.slow_start_days = 0 is off",
    "router.envoy.max_share": _HEALTH,
    "router.envoy.stdev_factor": _HEALTH,
    "router.litellm.failure_share": _HEALTH,
    "landscape.mean": "a success rate of one half",
    "data.start.noise": _CURVE,
    "data.start.curation": _CURVE,
    "data.error_floor": _CURVE,
    "data.error_noise": _CURVE,
    "data.error_power": _CURVE,
    "data.unseen": _CURVE,
    **{f"projects.{kind}.belief": _BELIEF for kind in PROJECTS},
    "stake.unbonding_days": "stake is free at the next tick",
    "developers.endowment.outside": "an outside option that pays nothing",
    "developers.patience_days": "who finds leaving best leaves at once",
    "developers.beliefs.revenue": _BELIEF,
    "developers.beliefs.ejection": _BELIEF,
    "developers.prospect.aversion": "losses that do not count",
}  # fmt: skip

WAYS = (SWITCHES, ELSEWHERE, IN_WORDS, INERT, TOTALS, ALIKE, TAKEN_OUT, UNREAD, LAWS, AMOUNTS)


def zeros() -> set[str]:
    """Every key of M3 to M12 that is one number and may be 0, or that is true or false."""
    found = set()
    for name, key in keys().items():
        number = {"low", "above"} <= key.meta.keys() and key.meta["low"] <= 0 and key.meta["above"] < 0
        if name.split(".")[0] in MECHANISMS and (key.kind is bool or number) and "list" not in str(key.kind):
            found.add(name)
    return found


def run(name, value, others, **more):
    """A small economy in which chance decides, with key ``name`` at ``value``."""
    return simulate(economy(**RANDOM | others | {name.replace(".", "__"): value} | more))


def test_every_zero_is_in_the_catalog_once():
    named = [name for way in WAYS for name in way]
    assert len(named) == len(set(named))
    assert zeros() == set(named)


@pytest.mark.parametrize("name", IN_WORDS)
def test_zero_is_what_words_say(name):
    value, others, words = IN_WORDS[name]
    off = run(name, 0, others)
    assert differing(off, run(name, value, others)) != [], "the key does nothing here"
    assert_alike(off, run(name, value, others | words))


@pytest.mark.parametrize("name", INERT)
def test_nothing_acts_through_zero(name):
    value, others, other, values = INERT[name]
    one, two = (run(name, value, others, **{other: v}) for v in values)
    assert differing(one, two) != [], "the other key does nothing here"
    one, two = (run(name, type(value)(0), others, **{other: v}) for v in values)
    assert_alike(one, two)


@pytest.mark.parametrize("name", TOTALS)
def test_nothing_adds_up(name):
    value, others, measure = TOTALS[name]
    assert run(name, value, others).summary[measure] > 0 == run(name, 0, others).summary[measure]


@pytest.mark.parametrize("name", ALIKE)
def test_all_are_alike(name):
    unequal, equal = (endow(economy(**{name.replace(".", "__"): value}), 20.0) for value in (1.0, 0.0))
    assert len(set(getattr(unequal, ALIKE[name]))) > 1 == len(set(getattr(equal, ALIKE[name])))


@pytest.mark.parametrize("name", TAKEN_OUT)
def test_zero_is_as_if_the_code_were_not_there(name, monkeypatch):
    value, others, take_out = TAKEN_OUT[name]
    off = run(name, type(value)(0), others)
    assert differing(off, run(name, value, others)) != [], "the key does nothing here"
    take_out(monkeypatch)
    assert_alike(off, run(name, value, others))


@pytest.mark.parametrize("name", UNREAD)
def test_what_a_mechanism_reads_does_not_matter_at_zero(name, monkeypatch):
    value, others, change = UNREAD[name]
    off, on = run(name, 0, others), run(name, value, others)
    change(monkeypatch)
    assert differing(on, run(name, value, others)) != [], "nothing is read here"
    assert_alike(off, run(name, 0, others))


@pytest.mark.parametrize("name", LAWS)
def test_the_law_is_there(name):
    file, _, law = LAWS[name].partition("::")
    assert re.search(rf"(def|class) {law}\b", (Path(__file__).parent / file).read_text(encoding="utf-8"))


def test_without_a_penalty_a_derailed_session_is_like_any_other():
    off, on = (founders(economy(response__derail_penalty=penalty)).service["mu"] for penalty in (0.0, 1.5))
    assert np.array_equal(off[:, 1::2], off[:, ::2]) and (on[:, 1::2] < on[:, ::2]).all()


def test_roth_erev_forgets_and_spreads_nothing():
    beliefs = Beliefs(economy())
    before = dict(beliefs.propensities)
    beliefs.reinforce("refine", 100.0, recency=0.0, experimentation=0.0)
    assert beliefs.propensities == before | {"refine": before["refine"] + 100.0}
