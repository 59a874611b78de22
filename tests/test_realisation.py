"""When a series changes, and how long after diversity's fall the public hears of it."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import analysis.measures  # noqa: F401  fills the registry
from analysis.detection import alarm, reference
from analysis.measure import MEASURES
from analysis.measures.realisation import diversity
from tests.made_runs import made_run


def test_a_shift_by_one_standard_deviation_is_found_after_ten_values():
    """Slack 1/2, threshold 5: an average run length of 10.4 (Montgomery, Statistical Quality Control)."""
    rng = np.random.default_rng(5)
    n = 10_000
    first = reference(n)
    lengths = []
    for _ in range(200):
        values = rng.normal(size=n)
        values[first:] += 1.0
        lengths.append(alarm(values, 1.0) - first + 1)
    low, high = stats.t.interval(0.99, len(lengths) - 1, np.mean(lengths), stats.sem(lengths))
    assert low < 10.4 < high


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.floats(0.1, 100.0), st.floats(-10.0, 10.0))
def test_alarms_know_no_units_and_no_side(seed, unit, level):
    values = np.random.default_rng(seed).normal(size=100)
    values[50:] += 3.0
    values += 1000.0 - values[:20].mean() + level  # the least standard deviation is then a share of 1000
    assert alarm(unit * values, 1.0) == alarm(values, 1.0)
    assert alarm(-values, -1.0) == alarm(values, 1.0)


def test_what_never_changes_gives_no_alarm():
    assert alarm(np.full(100, 5.0), 1.0) is None
    assert alarm(np.zeros(100), 1.0) is None
    assert alarm(np.arange(4.0), 1.0) is None
    assert alarm(np.append(np.zeros(20), np.full(80, np.nan)), -1.0) is None


DAYS = 100


def falling(day_of_fall, day_of_alarm):
    """Ten lineages with equal traffic, one alone from a day on; the success rate drops on another."""
    rng = np.random.default_rng(1)
    day, model = np.repeat(np.arange(1.0, DAYS + 1), 10), np.tile(np.arange(10), DAYS)
    turns = np.where((day >= day_of_fall) & (model > 0), 0, 100) + rng.integers(0, 20, len(day))
    days = np.arange(1.0, DAYS + 1)
    rate = 0.8 + rng.normal(0, 0.01, DAYS) - 0.2 * (days >= day_of_alarm)
    steady = 100 + rng.normal(0, 0.1, DAYS)
    return made_run(
        models={"model": np.arange(10), "developer": np.arange(10), "lineage": np.arange(10)},
        standings={"day": day, "model": model, "turns": turns},
        timeline={"day": days, "success_rate": rate, "latency_p99_s": steady, "hhi": steady},
    )


def value(name, run):
    return MEASURES[name].function(run)


def test_the_lag_is_that_between_the_planted_days():
    run = falling(40, 65)
    assert value("diversity_fall_day", run) == 40
    assert value("public_alarm_day", run) == 65
    assert value("realisation_lag", run) == 25
    assert value("realisation_lag", falling(65, 40)) == -25


def test_without_an_alarm_the_lag_is_what_was_left_and_without_a_fall_there_is_none():
    silent = falling(40, 1000)
    assert math.isnan(value("public_alarm_day", silent))
    assert value("realisation_lag", silent) == DAYS - 40
    assert math.isnan(value("realisation_lag", falling(1000, 65)))


@settings(max_examples=40)
@given(st.integers(1, 30), st.integers(1, 1000))
def test_equal_lineages_count_each_and_the_house_not_at_all(lineages, turns):
    models = np.arange(lineages + 1)
    run = made_run(
        models={"model": models, "developer": models - 1, "lineage": models},
        standings={"day": np.ones(lineages + 1), "model": models, "turns": np.full(lineages + 1, turns)},
        timeline={"day": [1.0, 2.0]},
    )
    assert diversity(run)[0] == pytest.approx(lineages)
    assert math.isnan(diversity(run)[1])
