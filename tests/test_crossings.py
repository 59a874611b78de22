"""Crossings: where an effect changes its sign, how sure that is, and what a study says of it."""

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis.errors import InputError as TableError
from analysis.inference.crossing import crossing
from analysis.study_words import crossed
from scenarios.study.crossing import cross
from scenarios.study.definition import read
from sim.errors import InputError

DOSES = [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("means", "at"),
    [
        ((-1, 1, 2), 1.5),
        ((2, 1, -1), 3.0),
        ((-1, 0, 1), 2.0),
        ((-1, 1, -1), 1.5),  # the first of two
        ((3, 2, 1), 4.0),  # beyond the last
        ((1, 2, 3), 1.0),  # before the first
    ],
)
def test_a_crossing_lies_where_a_straight_line_between_doses_is_0(means, at):
    found = crossing(DOSES, np.array([means, means], float))
    assert (found.estimate, found.low, found.high) == (at, at, at)


def test_an_interval_holds_the_truth_as_often_as_it_says():
    rng, held = np.random.default_rng(3), 0
    for _ in range(100):
        effects = np.array([-1.0, 0.5, 3.5]) + rng.normal(0, 1, (30, 1)) + rng.normal(0, 0.5, (30, 3))
        found = crossing(DOSES, effects)
        held += found.low <= 1 + 2 / 3 <= found.high
    assert 86 <= held <= 100  # of 95 expected, within four standard errors


def test_the_same_effects_give_the_same_interval():
    effects = np.random.default_rng(1).normal([-1, 1, 2], 1, (9, 3))
    assert crossing(DOSES, effects) == crossing(DOSES, effects)


@pytest.mark.parametrize(("doses", "seeds"), [([1.0], 3), ([2.0, 1.0], 3), ([1.0, 2.0], 1)])
def test_what_has_no_crossing_is_refused(doses, seeds):
    with pytest.raises(TableError, match="two or more of each, ascending"):
        crossing(doses, np.ones((seeds, len(doses))))


@pytest.mark.parametrize("effects", [[[1.0, -1.0]] * 3, [[1.0, np.nan, -1.0]] * 3])
def test_effects_that_are_not_one_a_dose_are_refused(effects):
    with pytest.raises(TableError, match=r"allowed is \(seeds, 3\), one a dose and none NaN"):
        crossing(DOSES, effects)


SAID = {
    "question": "Does it?",
    "arms": {"none": [], "low": ["seed=2"], "high": ["seed=3"]},
    "decisive": [{"measure": "hhi", "of": "low", "against": "none", "expected": "none", "because": "", "smallest": 1}],
    "crossings": [{"measure": "pass_5", "over": "seeds", "doses": {3: {"of": "high", "against": "none"},
                                                                     2: {"of": "low", "against": "none"}}}],
}  # fmt: skip


def study(folder, **changed):
    said = yaml.safe_load(yaml.safe_dump(SAID))
    said["decisive"][0]["because"] = "of it"
    said["crossings"][0] |= changed
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump(said))
    return read(str(path))


def test_a_study_crosses_by_seeds_that_define_all_doses(tmp_path):
    rows = [(arm, "", seed, {"none": 0.5, "low": 0.4, "high": 0.8}[arm]) for arm in SAID["arms"] for seed in range(4)]
    measures = pd.DataFrame([*rows, ("low", "random", 9, 7.0)], columns=["arm", "guard", "seed", "pass_5"])
    crossings = study(tmp_path).crossings
    (row,) = cross(crossings, measures).itertuples()
    assert (row.seeds, row.first, row.last, row.estimate) == (4, 2, 3, pytest.approx(2.25))
    assert crossed(row) == "2.25 [2.25, 2.25]"
    measures.loc[measures["seed"] > 0, "pass_5"] = np.nan
    (row,) = cross(crossings, measures).itertuples()
    assert (row.seeds, crossed(row)) == (1, "not defined")
    measures["pass_5"] = 0.5 + (measures["arm"] == "low") + 2.0 * (measures["arm"] == "high")
    (row,) = cross(crossings, measures).itertuples()
    assert crossed(row) == "<= 2 [<= 2, <= 2]"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"measure": "pass_55"}, "crossings[0].measure: found 'pass_55'"),
        ({"doses": {2: {"of": "low", "against": "none"}}}, "crossings[0].doses: allowed are two doses or more"),
        ({"doses": {"few": {"of": "low", "against": "none"}}}, "allowed are numbers, each with what is compared there"),
        ({"doses": {dose: {"of": "lo", "against": "none"} for dose in (1, 2)}}, "crossings[0].doses.1.of: found 'lo'"),
    ],
)
def test_what_is_wrong_in_a_crossing_gets_one_line(changed, said, tmp_path):
    with pytest.raises(InputError) as error:
        study(tmp_path, **changed)
    assert said in str(error.value) and "\n" not in str(error.value)
