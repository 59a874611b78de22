"""What periods one after the other show: the last third of a run, what memory misses, and storms; made by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import analysis.measures  # noqa: F401  fills the registry
from analysis.measure import MEASURES
from tests.made_runs import made_run

NAN = math.nan


def value(name, run):
    return MEASURES[name].function(run)


def late():
    """Three days: on the last the house and the models of a poor and a rich developer serve 10, 30 and 60 turns."""
    return made_run(
        timeline={"day": [1.0, 2.0, 3.0]},
        standings={"day": [1.0, 3.0, 3.0, 3.0], "model": [2, 0, 1, 2], "turns": [999, 10, 30, 60],
                   "ability": [0.1, 0.2, 0.5, 0.8]},
        models={"developer": [-1, 0, 1]},
        developers={"developer": [0, 1], "tier": [1, 5], "submissions": [7, 2]},
    )  # fmt: skip


def test_the_last_third_by_tier():
    assert value("ability_late", late()) == pytest.approx(0.65)
    assert value("ability_late_poorest", late()) == 0.5
    assert value("ability_late_richest", late()) == 0.8
    assert value("ability_floor_late", late()) == 0.2
    assert value("ability_floor_late_poorest", late()) == 0.5
    assert value("ability_floor_late_richest", late()) == 0.8
    assert value("richest_turns_late", late()) == pytest.approx(60 / 90)
    assert value("busiest_turns_late", late()) == pytest.approx(30 / 90)


def test_decay_is_counted_from_the_best_so_far_of_each_model():
    run = made_run(
        standings={"model": [0, 1, 1, 2, 1, 2], "turns": [5, 10, 10, 10, 10, 10],
                   "ability": [0.9, 0.6, 0.8, 0.3, 0.5, 0.4]},
        models={"developer": [-1, 0, 1]},
    )  # fmt: skip
    assert value("decay_exposure", run) == pytest.approx(0.3 * 10 / 50)


def test_the_ejected_recover_by_another_model_or_the_same_in_time():
    run = made_run(
        timeline={"day": [100.0]},
        models={"developer": [-1, 0, 0, 1, 1, 2], "ejected_day": [10.0, 10.0, NAN, 10.0, NAN, 90.0],
                "admitted_day": [NAN, 1.0, 30.0, 1.0, 70.0, 2.0]},
    )  # fmt: skip
    assert value("ejected_recovered", run) == 0.5


def storm(success):
    turns = [10, 20, 30, 40, 30, 20, 10]
    return made_run(timeline={"day": np.arange(1, 8) / 24, "turns": turns, "success_rate": success})


def test_a_network_that_answers_alike_on_both_ways_has_no_hysteresis():
    run = storm([0.9, 0.8, 0.7, 0.6, 0.7, 0.8, 0.9])
    assert value("hysteresis", run) == pytest.approx(0, abs=1e-15)
    assert value("recovery_hours", run) == pytest.approx(1)


def test_a_storm_that_never_ends_lasts_to_the_end_of_the_run():
    run = storm([1.0, 1.0, 1.0, 0.2, 0.0, 0.0, 0.0])
    assert value("hysteresis", run) == 1
    assert value("recovery_hours", run) == pytest.approx(3)


@given(st.lists(st.floats(0, 1), min_size=7, max_size=7))
def test_hysteresis_turns_its_sign_where_the_ways_are_exchanged(rates):
    rates[3] = 0.5
    up = value("hysteresis", storm(rates))
    down = value("hysteresis", storm(rates[::-1]))
    assert up == pytest.approx(-down, abs=1e-12)
