"""Levers move as schedules and controllers say, and nothing else moves; what cannot be a lever is refused by name."""

import math
from operator import attrgetter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.columns import columns
from sim.config import keys
from sim.config.economy import Schedule
from sim.config.levers import FIXED, METRICS, SECTIONS, check, current, levers
from sim.errors import InputError
from sim.governance import Levers, scheduled, with_value
from sim.traffic.params import pack
from tests.configs import config

STRICTNESS = "governance.strictness"
QUIET = {}


def step(lever: str, day: float, value: float) -> dict:
    return {"lever": lever, "shape": "step", "day": day, "days": 0, "value": value}


def ramp(lever: str, day: float, days: float, value: float) -> dict:
    return {"lever": lever, "shape": "ramp", "day": day, "days": days, "value": value}


def steer(lever: str = STRICTNESS, metric: str = "admitted", **changes) -> dict:
    usual = {"target": 100.0, "gain": 0.001, "low": 0.2, "high": 0.4}
    return {"lever": lever, "metric": metric, **usual, **changes}


def governed(schedules=(), controllers=(), **keys):
    return config(governance__schedules=list(schedules), governance__controllers=list(controllers), **keys)


def refusal(schedules=(), controllers=(), **keys) -> str:
    with pytest.raises(InputError) as caught:
        check(governed(schedules, controllers, **keys))
    line = str(caught.value)
    assert "\n" not in line
    return line


def another(lever: str, value: float | None) -> float:
    """Some allowed value of ``lever`` that is not ``value``."""
    meta = levers()[lever].meta
    low, high = max(meta["low"], meta["above"]), min(meta["high"], meta["below"])
    inside = max(low, min((low + high) / 2, low + 1))
    return inside if inside != value else low + (inside - low) / 2


# Schedules


def test_without_schedules_and_controllers_the_rules_are_the_configuration_itself():
    start = config()
    rules = Levers(start)
    assert all(rules.at(day, QUIET, 1.0) is start for day in range(5))


def test_a_step_holds_from_its_day_on():
    rules = Levers(governed([step(STRICTNESS, 2, 0.7)], governance__strictness=0.3))
    assert [rules.at(day, QUIET, 1.0).governance.strictness for day in range(4)] == [0.3, 0.3, 0.7, 0.7]


def test_a_ramp_is_linear_between_its_ends():
    rules = Levers(governed([ramp(STRICTNESS, 2, 4, 0.7)], governance__strictness=0.3))
    found = [rules.at(day, QUIET, 1.0).governance.strictness for day in range(9)]
    assert np.allclose(found, np.interp(range(9), [2, 6], [0.3, 0.7]), rtol=1e-12)
    assert found[6:] == [0.7] * 3


def test_schedules_of_one_lever_follow_each_other_in_whatever_order_they_are_listed():
    plan = [step(STRICTNESS, 8, 0.1), ramp(STRICTNESS, 4, 2, 0.5), step(STRICTNESS, 1, 0.7)]
    rules = Levers(governed(plan, governance__strictness=0.3))
    found = [rules.at(day, QUIET, 1.0).governance.strictness for day in (0, 1, 4, 5, 6, 8)]
    assert found == pytest.approx([0.3, 0.7, 0.7, 0.6, 0.5, 0.1])


def test_a_ramp_that_another_interrupts_gives_it_its_start():
    plan = [ramp(STRICTNESS, 0, 10, 0.8), ramp(STRICTNESS, 5, 5, 0.2)]
    rules = Levers(governed(plan, governance__strictness=0.4))
    found = [rules.at(day, QUIET, 1.0).governance.strictness for day in (0, 5, 7.5, 10)]
    assert found == pytest.approx([0.4, 0.6, 0.4, 0.2])


SCHEDULES = st.builds(
    Schedule,
    lever=st.just(STRICTNESS),
    shape=st.sampled_from(["step", "ramp"]),
    day=st.floats(0, 100),
    days=st.floats(0, 100),
    value=st.floats(0, 1),
)


@given(start=st.floats(0, 1), plan=st.lists(SCHEDULES, max_size=5), day=st.floats(0, 300))
def test_a_scheduled_value_lies_between_those_it_was_given_and_ends_at_the_last(start, plan, day):
    plan.sort(key=lambda s: s.day)
    given_values = [start, *(s.value for s in plan)]
    assert min(given_values) - 1e-9 <= scheduled(start, plan, day) <= max(given_values) + 1e-9
    assert scheduled(start, plan, 1000.0) == given_values[-1]
    assert scheduled(start, plan, -1.0) == start


def test_a_ramp_of_whole_numbers_takes_whole_steps():
    rules = Levers(governed([ramp("gauntlet.prompts", 0, 8, 64)], gauntlet__prompts=60))
    found = [rules.at(day, QUIET, 1.0).gauntlet.prompts for day in range(9)]
    assert found == [60, 60, 61, 62, 62, 62, 63, 64, 64]
    assert all(type(n) is int for n in found)


def test_a_lever_that_is_null_can_be_stepped():
    rules = Levers(governed([step("governance.sandbox_days", 1, 40)], governance__sandbox_days=None))
    assert [rules.at(day, QUIET, 1.0).governance.sandbox_days for day in (0, 1)] == [None, 40]


# What is not moved


@pytest.mark.parametrize("lever", levers())
def test_only_the_lever_itself_moves(lever):
    start = config()
    value = another(lever, current(start, lever))
    changed = Levers(governed([step(lever, 0, value)])).at(0.0, QUIET, 0.0)
    numbers = [name for name, key in keys().items() if "low" in key.meta]
    moved = [name for name in numbers if attrgetter(name)(changed) != attrgetter(name)(start)]
    assert moved == [lever]
    assert current(changed, lever) == value


def test_what_does_not_move_stays_the_same_object():
    start = governed([step(STRICTNESS, 1, 0.7)])
    rules = Levers(start)
    assert rules.at(0.0, QUIET, 1.0) is start
    after = rules.at(1.0, QUIET, 1.0)
    assert after.governance is not start.governance
    assert after.gauntlet is start.gauntlet
    assert rules.at(2.0, QUIET, 1.0) is after


@pytest.mark.parametrize("health", ["none", "envoy", "litellm", "finagle"])
@pytest.mark.parametrize("lever", levers())
def test_no_lever_is_read_by_the_data_plane(lever, health):
    """It reads its parameters once, so that a lever among them would move nothing."""
    start = config(router__health=health)
    changed = with_value(start, lever.split("."), another(lever, current(start, lever)))
    before, after = (pack(c, tournament=True, logging=False) for c in (start, changed))
    assert before.tobytes() == after.tobytes()


# Controllers


def strictness_under(controller: dict, metric: float, ticks: int, days: float = 1.0) -> list[float]:
    rules = Levers(governed(controllers=[controller], governance__strictness=0.3))
    rules.at(0.0, QUIET, 0.0)
    seen = {controller["metric"]: metric}
    return [rules.at(days * tick, seen, days).governance.strictness for tick in range(1, ticks + 1)]


def test_a_controller_adds_up_what_the_metric_exceeds_its_target_by():
    assert strictness_under(steer(), 110.0, 4) == pytest.approx([0.31, 0.32, 0.33, 0.34])
    assert strictness_under(steer(gain=-0.001), 110.0, 2) == pytest.approx([0.29, 0.28])
    assert strictness_under(steer(), 100.0, 3) == [0.3] * 3


def test_it_is_the_time_that_counts_and_not_the_number_of_ticks():
    assert strictness_under(steer(), 110.0, 8, 0.25)[-1] == pytest.approx(strictness_under(steer(), 110.0, 2)[-1])


def test_a_controller_stays_between_its_ends_and_does_not_wind_up():
    rules = Levers(governed(controllers=[steer()], governance__strictness=0.3))
    far = [rules.at(day, {"admitted": 1e6}, 1.0).governance.strictness for day in range(1, 50)]
    assert far[-1] == 0.4
    assert rules.at(50.0, {"admitted": 90}, 1.0).governance.strictness == pytest.approx(0.39)


def test_a_metric_that_is_not_defined_moves_nothing():
    assert strictness_under(steer(metric="success_rate", target=0.5), math.nan, 3) == [0.3] * 3


def test_a_gain_of_zero_is_off():
    start = governed(controllers=[steer(gain=0.0)], governance__strictness=0.3)
    assert Levers(start).at(1.0, {"admitted": 1e6}, 1.0) is start


def test_a_whole_lever_is_steered_by_less_than_one_a_day():
    controller = steer("gauntlet.prompts", gain=0.01, low=10, high=100)
    rules = Levers(governed(controllers=[controller], gauntlet__prompts=60))
    found = [rules.at(day, {"admitted": 125}, 1.0).gauntlet.prompts for day in range(1, 9)]
    assert found == [60, 60, 61, 61, 61, 62, 62, 62]


@given(slope=st.floats(100, 1500), level=st.floats(0.25, 0.35))
def test_a_controller_holds_a_metric_that_answers_to_its_lever(slope, level):
    """With m = target + slope·(level - x), x - level falls to 1 - gain·slope of it a day: here to at most .9."""
    rules = Levers(governed(controllers=[steer()], governance__strictness=0.3))
    x = 0.3
    for day in range(1, 200):
        x = rules.at(day, {"admitted": 100 + slope * (level - x)}, 1.0).governance.strictness
    assert x == pytest.approx(level, abs=1e-6)


# What is refused


def test_the_world_and_the_data_plane_are_no_levers():
    assert {name.split(".")[0] for name in levers()} == set(SECTIONS)
    assert FIXED.keys() <= keys().keys()
    for name in ("seed", "horizon_days", "tick_s", "demand.rate", "population.models", "developers.arrivals"):
        assert name not in levers()


@pytest.mark.parametrize(
    ("lever", "why"),
    [
        ("governance.strictnes", "'governance.strictnes', which is no key; did you mean 'governance.strictness'?"),
        ("strictness", "'strictness', which is no key; did you mean 'governance.strictness'?"),
        ("sandbox_share", "'sandbox_share', which is no key; did you mean 'router.sandbox_share'?"),
        ("governance", "which is no single number"),
        ("stake.rule", "which is no single number"),
        ("stake.quadratic", "which is no single number"),
        ("developers.stakes", "which is no single number"),
        ("governance.schedules", "which is no single number"),
        ("retry.retries", "which the data plane reads once, at the start"),
        ("service.patience_s", "which the data plane reads once, at the start"),
        ("router.envoy.panic", "which the data plane reads once, at the start"),
        ("evidence.audit", "which the data plane reads once, at the start"),
        ("gauntlet.benches", "which are built once, at the start"),
        ("seed", "which is part of the world, not of the network's rules"),
        ("demand.rate", "which is part of the world, not of the network's rules"),
        ("developers.arrivals", "which is part of the world, not of the network's rules"),
        ("", "'', which is no key; known are economy.*, "),
        ("zzz\n.yyy", "which is no key; known are "),
    ],
)
def test_what_is_no_lever_is_refused_with_the_reason_and_the_nearest(lever, why):
    for line in (refusal([step(lever, 1, 1)]), refusal(controllers=[steer(lever)])):
        assert line.startswith(("governance.schedules[0].lever: found ", "governance.controllers[0].lever: found "))
        assert why in line
        assert "did you mean" in line or "known are" in line


def test_the_second_of_a_list_is_counted():
    assert refusal([step(STRICTNESS, 1, 1), step("x", 1, 1)]).startswith("governance.schedules[1].lever: found 'x'")


def test_an_unknown_metric_is_told_the_nearest():
    line = refusal(controllers=[steer(metric="succes_rate")])
    assert line == "governance.controllers[0].metric: found 'succes_rate'; did you mean 'success_rate'?"


def test_every_metric_is_a_column_of_the_timeline():
    assert sorted(METRICS) == sorted(set(columns("timeline")) - {"day"})


@pytest.mark.parametrize(
    ("lever", "value", "allowed"),
    [
        (STRICTNESS, 2, "a number from 0 to 1"),
        ("gauntlet.prompts", 2.5, "a whole number from 1 to 100000"),
        ("evidence.half_life_days", 0, "a number above 0 to 1e+09"),
        ("governance.sandbox_days", -1, "a number from 0 to 1e+09"),
    ],
)
def test_a_value_that_the_lever_may_not_have_is_named(lever, value, allowed):
    line = refusal([step(lever, 1, value)])
    assert line == f"governance.schedules[0].value: found {value:g}; allowed is, as for {lever}, {allowed}"


def test_the_ends_of_a_controller_are_values_of_its_lever_in_order_around_its_start():
    assert refusal(controllers=[steer(high=1.5)]).startswith("governance.controllers[0].high: found 1.5; allowed is")
    assert refusal(controllers=[steer(low=-1)]).startswith("governance.controllers[0].low: found -1; allowed is")
    line = refusal(controllers=[steer(low=0.4, high=0.2)])
    assert line == "governance.controllers[0].low: found 0.4; allowed is at most governance.controllers[0].high (0.2)"
    line = refusal(controllers=[steer(low=0.5, high=0.6)], governance__strictness=0.3)
    assert line.startswith("governance.strictness: found 0.3; allowed is 0.5 to 0.6")


def test_a_lever_without_a_value_can_be_neither_ramped_nor_steered():
    name = "governance.sandbox_days"
    plans = {"schedules": [ramp(name, 1, 1, 1)]}, {"controllers": [steer(name)]}
    for plan in plans:
        assert f"[0].lever: found '{name}', which is null" in refusal(**plan, governance__sandbox_days=None)


def test_a_lever_has_one_master():
    clashes = {"schedules": [step(STRICTNESS, 1, 0.3)], "controllers": [steer()]}, {"controllers": [steer(), steer()]}
    for clash in clashes:
        assert "found 'governance.strictness', which is scheduled or steered already" in refusal(**clash)


def test_shares_that_add_up_are_not_moved_beyond_one():
    line = refusal([step("gauntlet.edge", 1, 0.97)], gauntlet__adversarial=0.05)
    assert line.endswith("gauntlet.adversarial: found levers that may reach 1.02; allowed is at most 1")


def test_what_can_be_followed_is_accepted():
    check(config())
    check(
        governed(
            [ramp(STRICTNESS, 1, 5, 0.5), step("economy.fee", 2, 2)], [steer("evidence.visibility", low=0, high=1)]
        )
    )
