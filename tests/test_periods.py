"""Rows of the timeline and the standings stand for periods, and their numbers are bounded however short the tick."""

import numpy as np
import pandas as pd
import pytest

from sim import periods
from sim.compose import configure
from sim.periods import MOST_PERIODS, MOST_STANDINGS, windows_of_a_period
from sim.simulation import simulate
from tests.configs import config

WINDOWS, A_PERIOD = 10, 4
CONFIG = config(horizon_days=9.5 / 24, warmup_days=0.05, tick_s=3600.0, governance__strictness=0.25)


@pytest.mark.parametrize(("windows", "models"), [(1, 1), (20_000, 33), (20_001, 33), (1_209_600, 33), (336, 10_003),
                                                 (5, 3_000_000)])  # fmt: skip
def test_the_fewest_windows_that_keep_the_bounds(windows, models):
    def bounded(each):
        rows = -(-windows // each)
        return rows <= MOST_PERIODS and (rows == 1 or rows * models <= MOST_STANDINGS)

    found = windows_of_a_period(windows, models)
    assert bounded(found) and (found == 1 or not bounded(found - 1))


@pytest.fixture(scope="module")
def fine():
    return simulate(CONFIG)


@pytest.fixture(scope="module")
def coarse():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(periods, "MOST_PERIODS", -(-WINDOWS // A_PERIOD))
        return simulate(CONFIG)


def test_models_that_come_within_a_period_count(monkeypatch):
    """Developers submit: the last window of a period has more models than its first."""
    about = configure("horizon_days=12", "demand.rate=1000", "population.developers=12", "population.models=12")
    fine = simulate(about)
    monkeypatch.setattr(periods, "MOST_PERIODS", 3)
    coarse = simulate(about)
    assert fine.summary["submissions"] > 0 and coarse.summary == fine.summary
    assert coarse.tables["timeline"]["turns"].sum() == fine.tables["timeline"]["turns"].sum()


def test_periods_change_no_other_table_and_no_key_of_the_summary(fine, coarse):
    assert coarse.summary == fine.summary
    for name in fine.tables.keys() - {"timeline", "standings", "ledger"}:
        pd.testing.assert_frame_equal(coarse.tables[name], fine.tables[name])


def test_the_timeline_adds_up_counts_and_keeps_what_stands_at_the_end(fine, coarse):
    windows, rows = fine.tables["timeline"], coarse.tables["timeline"]
    period = np.arange(WINDOWS) // A_PERIOD
    assert len(windows) == WINDOWS and len(rows) == period[-1] + 1
    for column in ("turns", "attempts", "turns_ok", "house_turns", "slot_days_used"):
        np.testing.assert_allclose(rows[column], windows[column].groupby(period).sum())
    for column in ("day", "turns_in_flight", "admitted", "queued", "busy_slots"):
        assert rows[column].tolist() == windows[column].groupby(period).last().tolist(), column


def test_the_standings_add_up_turns_and_average_weights(fine, coarse):
    windows, rows = fine.tables["standings"], coarse.tables["standings"]
    period = np.searchsorted(coarse.tables["timeline"]["day"], windows["day"])
    found = rows.groupby(np.searchsorted(coarse.tables["timeline"]["day"], rows["day"]))["turns"].sum()
    assert found.tolist() == windows["turns"].groupby(period).sum().tolist()
    held = windows[period == 0].groupby("model")["weight"].agg(["sum", "size"])
    always = held.index[held["size"] == A_PERIOD]  # who was asked in each window of the first period
    assert len(always) > 3
    first = rows[rows["day"] == rows["day"].iloc[0]].set_index("model")["weight"]
    np.testing.assert_allclose(first[always], held["sum"][always] / A_PERIOD)
