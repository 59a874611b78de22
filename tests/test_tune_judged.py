"""Constraints: when a setting meets one, and when fresh worlds are sure of it."""

import numpy as np
import pandas as pd
import pytest

from analysis.tuning_told import GAINS, MET, NOT_MET, SAME, UNCLEAR, beside
from scenarios.tune.fresh import Again, Candidate
from scenarios.tune.judging import MEAN, Judge
from scenarios.tune.objectives import Aim, Constraint, Objective

HALVED = Constraint("hhi", False, 0.5, True, Judge(MEAN))
"""Half of what the default has, at most."""


def in_worlds(measure: str, *values: float) -> dict[str, np.ndarray]:
    return {measure: np.array(values)}


@pytest.mark.parametrize(("value", "met"), [(0.10, True), (0.11, False)])
def test_a_bound_of_the_default_moves_with_it(value, met):
    assert (HALVED.violation(in_worlds("hhi", value), in_worlds("hhi", 0.2)) <= 0) == met


@pytest.mark.parametrize("default", [50.0, -50.0])
@pytest.mark.parametrize(("lost", "met"), [(0.5, True), (1.5, False)])
def test_a_share_of_the_default_may_be_lost_whatever_its_sign(default, lost, met):
    kept = Constraint("welfare", True, 0.98, True, Judge(MEAN))
    assert (kept.violation(in_worlds("welfare", default - lost), in_worlds("welfare", default)) <= 0) == met


@pytest.mark.parametrize(
    ("spread", "centre", "said"),
    [(0.001, 0.09, MET), (0.001, 0.11, NOT_MET), (0.05, 0.09, UNCLEAR), (0.05, 0.11, UNCLEAR), (0.0, np.nan, UNCLEAR)],
)
def test_fresh_worlds_are_sure_of_a_constraint_where_its_interval_is(spread, centre, said):
    tried = in_worlds("hhi", *(centre + spread * np.array([-1, 1, -1, 1])))
    aim = Aim((Objective("hhi", False, "most open", Judge(MEAN)),), (HALVED,))
    candidates = [Candidate("default", "", None), Candidate("tuned 1", "tuned", None)]
    again = Again(aim, candidates, [in_worlds("hhi", *[0.2] * 4), tried])
    assert again.met(1) == said
    assert again.met(0) == NOT_MET


COLUMNS = ("measure", "judge", "better", "gain", "gain_low", "gain_high", "verdict")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("hhi", "mean over worlds", "less", 0.1, 0.05, 0.15, GAINS), "gains: `hhi` lower by 0.1 [0.05, 0.15], 50%"),
        (("hhi", "mean over worlds", "less", 0.1, -0.1, 0.3, SAME), "`hhi` (-0.1 [-0.3, +0.1])"),
        (("hhi", "mean over worlds", "more", 0.1, -0.1, 0.3, SAME), "`hhi` (+0.1 [-0.1, +0.3])"),
        (
            ("hhi", "largest regret over worlds, against the best", "less", 0.1, 0.05, 0.15, GAINS),
            "gains: `hhi` (largest regret over worlds) lower by 0.1",
        ),
    ],
)
def test_what_is_told_beside_the_default_is_higher_or_lower_of_what_is_judged(row, said):
    assert said in beside(pd.DataFrame([row], columns=COLUMNS), {"hhi": 0.2})
