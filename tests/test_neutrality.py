"""Matched comparisons: Mantel and Haenszel's ratios, and what they say where nothing or one thing differs."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable

import analysis.measures  # noqa: F401  fills the registry
from analysis.mantel_haenszel import log_odds_ratio, log_rate_ratio
from analysis.measure import MEASURES
from analysis.ranks import rank_within
from tests.made_runs import made_run

BERKELEY = np.array(
    [[512, 313, 89, 19], [353, 207, 17, 8], [120, 205, 202, 391],
     [138, 279, 131, 244], [53, 138, 94, 299], [22, 351, 24, 317]], float
)  # fmt: skip
"""Men admitted and rejected, women admitted and rejected, by department (Bickel, Hammel and O'Connell 1975)."""

counts = st.integers(1, 500)
tables = st.lists(st.tuples(counts, counts, counts, counts), min_size=1, max_size=8).map(lambda t: np.array(t, float).T)


def test_admissions_to_berkeley():
    """R's mantelhaen.test(UCBAdmissions) prints a common odds ratio of 0.9046968."""
    assert math.exp(log_odds_ratio(*BERKELEY.T)) == pytest.approx(0.9046968, abs=5e-8)


@settings(max_examples=40)
@given(tables)
def test_the_odds_ratio_is_that_of_statsmodels(table):
    theirs = StratifiedTable([column.reshape(2, 2) for column in table.T]).oddsratio_pooled
    assert math.exp(log_odds_ratio(*table)) == pytest.approx(theirs)


@settings(max_examples=40)
@given(tables, st.floats(0.1, 10.0))
def test_groups_can_be_swapped_strata_repeated_and_exposure_measured_in_any_unit(table, unit):
    a, b, c, d = table
    for ratio in (log_odds_ratio, log_rate_ratio):
        assert ratio(c, d, a, b) == pytest.approx(-ratio(a, b, c, d), abs=1e-12)
        assert ratio(*np.tile(table, 3)) == pytest.approx(ratio(a, b, c, d), abs=1e-12)
    assert log_rate_ratio(a, unit * b, c, unit * d) == pytest.approx(log_rate_ratio(a, b, c, d), abs=1e-12)


@settings(max_examples=40)
@given(tables, st.floats(0.1, 10.0))
def test_a_rate_ratio_that_all_strata_share_is_found(table, ratio):
    _, exposed, events, other = table
    assert log_rate_ratio(ratio * events / other * exposed, exposed, events, other) == pytest.approx(math.log(ratio))


def test_a_group_that_is_missing_has_no_ratio():
    nobody = np.zeros(3)
    assert math.isnan(log_odds_ratio(np.ones(3), np.ones(3), nobody, nobody))
    assert math.isnan(log_rate_ratio(np.ones(3), np.ones(3), nobody, nobody))
    assert math.isnan(log_rate_ratio(*np.empty((4, 0))))


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), max_size=40))
def test_ranks_within_groups_are_those_of_pandas(pairs):
    group, value = np.array(pairs, int).reshape(-1, 2).T
    expected = pd.Series(value).groupby(group).rank(pct=True).to_numpy()
    assert rank_within(group, value) == pytest.approx(expected)


DEVELOPERS, DAYS = 100, 24


def network(rng, wealth_doubles=False):
    """A hundred models of a developer each, over twelve epochs of two days, whose abilities take three values."""
    model = np.arange(DEVELOPERS)
    wealth = rng.lognormal(9, 1, DEVELOPERS)
    tier = 1 + np.argsort(np.argsort(wealth)) * 5 // DEVELOPERS
    ability = rng.choice([0.61, 0.65, 0.69], DEVELOPERS)
    turns = rng.poisson(100 * ability**8 / 0.65**8, (DAYS, DEVELOPERS))
    if wealth_doubles:
        turns = np.round(100 * ability**8 / 0.65**8) * np.ones((DAYS, 1)) * np.where(tier >= 4, 2, 1)
    good = rng.binomial(turns.astype(int), ability)
    day, who = np.repeat(np.arange(1.0, DAYS + 1), DEVELOPERS), np.tile(model, DAYS)
    status = np.where(rng.random(len(who)) < 0.7, "admitted", "sandbox").astype(object)
    return made_run(
        models={"model": model, "developer": model, "domain": model % 2, "turns_ok": good.sum(axis=0),
                "revenue": 1.07 * good.sum(axis=0)},
        developers={"tier": tier, "wealth_start": wealth,
                    "arrived_day": -rng.uniform(0, 50, DEVELOPERS)},
        timeline={"day": np.arange(1.0, DAYS + 1)},
        standings={"day": day, "model": who, "status": status, "ability": ability[who],
                   "stake": rng.choice([0.0, 500.0, 2000.0], DEVELOPERS)[who], "turns": turns.ravel(),
                   "turns_ok": good.ravel(), "first_good": good.ravel(),
                   "self_rescued": rng.binomial((turns - good).ravel().astype(int), 0.3), "rescued": 0 * who,
                   "attempts": (turns + rng.binomial((turns - good).astype(int), 0.5)).ravel()},
    )  # fmt: skip


NEUTRALITY = [name for name in MEASURES if name.startswith("neutrality_")]


@pytest.mark.parametrize("name", NEUTRALITY)
def test_where_traits_are_dealt_at_random_the_ratio_is_neutral(name):
    rng = np.random.default_rng(7)
    found = [MEASURES[name].function(network(rng)) for _ in range(60)]
    low, high = stats.t.interval(0.999, len(found) - 1, np.mean(found), stats.sem(found))
    assert low < 0.0 < high


def test_wealth_that_doubles_traffic_at_equal_ability_is_found_and_nothing_else():
    run = network(np.random.default_rng(2), wealth_doubles=True)
    assert MEASURES["neutrality_surfaced.wealth"].function(run) == pytest.approx(math.log(2))
    assert abs(MEASURES["neutrality_admitted.wealth"].function(run)) < 0.5
    assert abs(MEASURES["neutrality_forgiven.wealth"].function(run)) < 0.1


@pytest.mark.parametrize("name", NEUTRALITY)
def test_a_network_without_anybody_has_no_ratio(name):
    whole = network(np.random.default_rng(1))
    empty = {name: {column: values[:0] for column, values in whole[name].items()} for name in ("standings",)}
    run = made_run(models=whole["models"], developers=whole["developers"], timeline=whole["timeline"], **empty)
    assert math.isnan(MEASURES[name].function(run))
