"""Hidden labour of known hours, whole and by tier."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analysis.measures  # noqa: F401  fills the registry
from analysis.measure import MEASURES
from tests.made_runs import made_run

HOURS = ("refine", "experiment", "harden", "data", "cleanup", "study", "rehearse", "wait")


def run(hours, abilities=(0.8, 0.5, 0.6)):
    """One developer a tier; those of tiers 1, 1 and 5 have a model admitted, and founders do not count."""
    hours = np.asarray(hours, float).reshape(3, 8)
    return made_run(
        developers={"tier": np.array([1, 1, 5])} | {f"hours_{name}": hours[:, i] for i, name in enumerate(HOURS)},
        models={
            "developer": [0, 1, 2, 2, 0, -1],
            "kind": ["refine", "fork", "data", "founder", "refine", "founder"],
            "admitted_day": [1.0, 2.0, 3.0, 0.0, np.nan, 0.0],
            "ability": [*abilities, 0.9, 0.9, 0.9],
        },
    )


def value(name, of):
    return MEASURES[name].function(of)


def test_hours_by_hand():
    made = run([[10, 0, 0, 0, 5, 0, 0, 5], [0, 10, 0, 0, 3, 0, 7, 0], [0, 0, 10, 10, 20, 0, 0, 0]])
    assert value("cleanup_share", made) == pytest.approx(28 / 80)
    assert value("cleanup_share_poorest", made) == pytest.approx(8 / 40)
    assert value("cleanup_share_richest", made) == pytest.approx(20 / 40)
    assert value("cleanup_per_quality", made) == pytest.approx(28 / 1.9)
    assert value("cleanup_per_quality_poorest", made) == pytest.approx(8 / 1.3)
    assert value("cleanup_per_quality_richest", made) == pytest.approx(20 / 0.6)
    assert value("proving_per_building", made) == pytest.approx(40 / 40)
    assert value("proving_per_building_poorest", made) == pytest.approx(20 / 20)
    assert value("proving_per_building_richest", made) == pytest.approx(20 / 20)


@settings(max_examples=40)
@given(st.lists(st.floats(1.0, 1e4), min_size=24, max_size=24), st.floats(0.1, 10.0))
def test_shares_know_no_unit_of_time_and_the_whole_lies_between_its_parts(hours, unit):
    made, other = run(hours), run(unit * np.asarray(hours))
    for name in ("cleanup_share", "proving_per_building"):
        assert value(name, other) == pytest.approx(value(name, made))
        parts = [value(f"{name}_{tier}", made) for tier in ("poorest", "richest")]
        assert min(parts) - 1e-9 <= value(name, made) <= max(parts) + 1e-9
    assert value("cleanup_per_quality", other) == pytest.approx(unit * value("cleanup_per_quality", made))


def test_without_work_or_without_admissions_there_is_no_ratio():
    idle = run(np.zeros(24))
    assert math.isnan(value("cleanup_share", idle))
    assert math.isnan(value("proving_per_building", idle))
    nobody = run(np.ones(24), abilities=(0.0, 0.0, 0.0))
    assert math.isnan(value("cleanup_per_quality", nobody))
