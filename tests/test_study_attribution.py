"""Attribution of a study: its whole effect split over its mechanisms, in a table, in print and on the page."""

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis.study import Study
from analysis.study_pages.page import page
from scenarios.study.attributing import attribute
from scenarios.study.definition import read
from scenarios.study.printing import print_attribution
from sim.errors import InputError
from tests.made_studies import made_study

SAID = {
    "question": "Which does it?",
    "factors": {
        "slash": {"off": ["stake.slashing=none"], "on": ["stake.slashing=fixed"]},
        "bar": {"key": "governance.strictness", "values": [0.5, 0.7]},
    },
    "decisive": [
        {"measure": "gini", "over": "bar", "expected": "up", "because": "of it", "smallest": 0.1, "placebo": "random"}
    ],
    "attribution": ["hhi"],
}
ADDS = {"slash=off,bar=0.5": 0.0, "slash=on,bar=0.5": 0.1, "slash=off,bar=0.7": 0.2, "slash=on,bar=0.7": 0.7}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    path = tmp_path_factory.mktemp("attribution") / "mine.yaml"
    path.write_text(yaml.safe_dump(SAID, sort_keys=False))
    return read(str(path))


def measured(seeds, **undefined):
    """A row a run, in which arms differ by ``ADDS`` and nothing else; ``undefined``: arm → seeds without a value."""
    luck = np.random.default_rng(1).normal(size=seeds)
    rows = [(arm, "", seed, luck[seed] + added) for arm, added in ADDS.items() for seed in range(seeds)]
    found = pd.DataFrame(rows, columns=["arm", "guard", "seed", "hhi"])
    elsewhere = found.assign(guard="random", hhi=99.0)
    for arm, gone in undefined.items():
        found.loc[(found["arm"] == arm) & found["seed"].isin(gone), "hhi"] = np.nan
    return pd.concat([elsewhere, found])


def test_what_was_planted_in_the_arms_is_found_whatever_a_guard_did(study):
    """Of 0.1 and 0.2 alone and 0.7 together, 0.4 is of both: half of it goes to each."""
    rows = attribute(study, measured(6)).set_index("mechanism")
    assert rows["value"].to_dict() == pytest.approx({"bar": 0.4, "slash": 0.3, "bar × slash": 0.4, "total": 0.7})
    assert (rows["seeds"] == 6).all()
    assert rows.loc[["bar", "slash"], "value"].sum() == pytest.approx(rows.loc["total", "value"])


def test_a_seed_that_is_undefined_in_one_arm_is_left_out_of_all(study):
    rows = attribute(study, measured(6, **{"slash=on,bar=0.7": [2, 4]}))
    assert list(rows["seeds"]) == [4] * 4
    assert rows["value"].notna().all()
    assert attribute(study, measured(6, **{"slash=on,bar=0.7": range(5)})).empty


def test_it_stands_in_the_table_in_print_and_on_the_page(tmp_path, capsys):
    out = made_study(tmp_path, SAID, 5, {"slash=on,bar=0.7": 0.5})
    held = Study.read(out)
    rows = held.attribution.set_index("mechanism")
    assert rows.loc["total", "low"] < rows.loc["total", "value"] < rows.loc["total", "high"]
    print_attribution(held.attribution)
    said, shown = capsys.readouterr().out, page(held, {})
    for mechanism in rows.index:
        assert mechanism in said
        assert mechanism in shown


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"factors": SAID["factors"] | {"bar": {"key": "stake.sigma", "values": [0, 0.5, 1]}}}, "bar of 3 levels"),
        ({"attribution": ["hhj"]}, r"attribution\[0\]: found 'hhj'; did you mean 'hhi'"),
        ({"attribution": []}, "attribution: found .*; allowed is a list of 1 or more"),
    ],
)
def test_what_cannot_be_split_gets_one_line(change, said, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(SAID | change, sort_keys=False))
    with pytest.raises(InputError, match=said):
        read(str(path))
