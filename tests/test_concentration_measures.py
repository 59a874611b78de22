"""Concentration of a run is the summary's own, and exposure against merit is what was planted."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import analysis.measures  # noqa: F401  fills the registry
from analysis.measure import MEASURES, families
from analysis.measures.exposure import (
    attention_inequity,
    exposure_merit_correlation,
    inequity,
    tier_exposure_ratio,
)
from analysis.ranks import spearman
from analysis.run import Run
from tests.economies import economy
from tests.made_runs import made_traffic
from tests.runs import write_run

pairs = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=2, max_size=20)


def market(exposure, ability, domain):
    """A run of 24 days after warm-up in which these models were admitted from the start."""
    n = len(exposure)
    turns = np.repeat(np.asarray(exposure)[:, None], 28, axis=1)
    status = np.full(n, "admitted", object)
    admitted = np.zeros(n)
    columns = {"ability": np.asarray(ability, float), "domain": np.asarray(domain), "status": status}
    return made_traffic(turns, **columns, admitted_day=admitted)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return Run.read(write_run(economy(), tmp_path_factory.mktemp("exposure") / "run"))


def test_exposure_by_merit_alone_is_fair():
    ability = np.tile([0.2, 0.4, 0.6, 0.8], 5)
    found = market(100 * ability, ability, np.repeat([0, 1], 10))
    assert attention_inequity(found) == pytest.approx(0, abs=1e-12)
    assert exposure_merit_correlation(found) == pytest.approx(1)
    assert tier_exposure_ratio(found) == pytest.approx(1)


def test_planted_privilege_is_found():
    """Twenty models of equal merit: the richest fifth has three times the turns, 12 of 28 shares instead of 4 of 20."""
    found = market(np.append(np.full(16, 10), np.full(4, 30)), np.full(20, 0.5), np.zeros(20, int))
    assert tier_exposure_ratio(found) == pytest.approx(3)
    assert attention_inequity(found) == pytest.approx(2 * (12 / 28 - 4 / 20))
    assert math.isnan(exposure_merit_correlation(found))


def test_domains_weigh_by_their_exposure():
    found = market([10, 20, 60, 30], [0.1, 0.2, 0.1, 0.2], [0, 0, 1, 1])
    assert exposure_merit_correlation(found) == pytest.approx((30 * 1 + 90 * -1) / 120)


@given(pairs)
def test_inequity_is_bounded_and_has_no_unit(found):
    exposure, merit = np.array(found, float).T
    assert 0 <= inequity(exposure, merit) < 2
    assert inequity(exposure * 8, merit * 4) == pytest.approx(inequity(exposure, merit))
    assert inequity(np.repeat(exposure, 3), np.repeat(merit, 3)) == pytest.approx(inequity(exposure, merit))
    assert inequity(merit, merit) == 0


@given(pairs)
def test_spearman_is_scipys(found):
    x, y = np.array(found, float).T
    if np.ptp(x) and np.ptp(y):
        assert spearman(x, y) == pytest.approx(stats.spearmanr(x, y).statistic)
    else:
        assert math.isnan(spearman(x, y))


@pytest.mark.parametrize(
    ("name", "key"),
    {
        "hhi": "hhi",
        "gini": "gini",
        "cr_1": "top1_share",
        "nakamoto_33": "nakamoto_33",
        "nakamoto_51": "nakamoto_51",
    }.items(),
)
def test_concentration_of_developers_turns_is_the_summarys(run, name, key):
    assert MEASURES[f"{name}.turns.developer"].function(run) == pytest.approx(run.summary[key], rel=1e-12)


@pytest.mark.parametrize("entity", ["model", "developer"])
@pytest.mark.parametrize("quantity", ["turns", "revenue"])
def test_theil_of_a_run_is_that_between_tiers_and_within(run, quantity, entity):
    parts = [MEASURES[f"theil_{part}_tiers.{quantity}.{entity}"].function(run) for part in ("between", "within")]
    assert sum(parts) == pytest.approx(MEASURES[f"theil.{quantity}.{entity}"].function(run))


def test_families_stand_for_every_measure_once():
    found = []
    for name in families(MEASURES):
        words = [word.strip("{}").split(",") for word in name.split(".")]
        found += [".".join(one) for one in product(*words)]
    assert sorted(found) == sorted(MEASURES)
    assert "gini.{turns,revenue}.{model,developer,lineage,domain}" in families(MEASURES)
