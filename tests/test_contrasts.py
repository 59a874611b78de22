"""Contrasts: each form against what it says, worked out by hand from a table of arms and seeds."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.inference.dose import slopes
from scenarios.study.arms import named, product
from scenarios.study.contrast import contrast
from scenarios.study.saying import Said

DOSES = [0, 0.1, 0.2, 0.6]
FACTORS = {
    "dose": {"key": "stake.sigma", "values": DOSES},
    "payer": {"user": ["a=1"], "network": ["a=2"], "both": ["a=3"]},
    "rich": {"yes": ["b=1"], "no": ["b=2"]},
}
ARMS = product(Said(Path("f"), "factors", FACTORS))
VALUES = pd.DataFrame(np.random.default_rng(5).normal(size=(7, len(ARMS.overrides))), columns=list(ARMS.overrides))


RICH = ("yes", "no")


def of(**keys):
    said = Said(Path("f"), "", keys)
    return contrast(ARMS, said, said.keys(keys))


def cell(dose, payer, rich):
    return VALUES[f"dose={dose},payer={payer},rich={rich}"].to_numpy()


def mean(function, payers=("user", "network", "both"), riches=RICH):
    return np.mean([function(payer, rich) for payer, rich in itertools.product(payers, riches)], axis=0)


def slope(payer, rich):
    return slopes(DOSES, np.column_stack([cell(dose, payer, rich) for dose in DOSES]))


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (dict(of="dose=0.1,payer=user,rich=yes", against="dose=0,payer=both,rich=no"),
         lambda: cell(0.1, "user", "yes") - cell(0, "both", "no")),
        (dict(over="dose"), lambda: mean(slope)),
        (dict(over="dose", at={"payer": "both"}), lambda: mean(slope, ["both"])),
        (dict(over="dose", of=0.6, against=0, at={"rich": "no"}),
         lambda: mean(lambda p, r: cell(0.6, p, r) - cell(0, p, r), riches=["no"])),
        (dict(over="payer", of="both", against="user"),
         lambda: np.mean([cell(d, "both", r) - cell(d, "user", r) for d in DOSES for r in RICH], axis=0)),
        (dict(over="dose", by="payer", between=["user", "both"]),
         lambda: mean(slope, ["both"]) - mean(slope, ["user"])),
        (dict(over="dose", of=0.2, against=0.1, by="rich", between=["no", "yes"], at={"payer": "user"}),
         lambda: sum(sign * (cell(0.2, "user", r) - cell(0.1, "user", r)) for r, sign in (("yes", 1), ("no", -1)))),
        (dict(of="dose=0.1,payer=user,rich=yes", reference=0.5), lambda: cell(0.1, "user", "yes") - 0.5),
        (dict(at={"dose": 0.1, "payer": "user"}, reference=0),
         lambda: (cell(0.1, "user", "yes") + cell(0.1, "user", "no")) / 2),
        (dict(weights={"dose=0,payer=user,rich=yes": 2, "dose=0,payer=both,rich=no": -1.5}),
         lambda: 2 * cell(0, "user", "yes") - 1.5 * cell(0, "both", "no")),
    ],
)  # fmt: skip
def test_a_contrast_is_what_it_says(keys, expected):
    assert of(**keys).effects(VALUES) == pytest.approx(expected())


@given(st.floats(-5, 5), st.sampled_from([dict(over="dose"), dict(over="payer", of="both", against="user"),
                                          dict(over="dose", by="rich", between=["yes", "no"])]))  # fmt: skip
def test_what_is_the_same_in_all_arms_makes_no_difference(level, keys):
    assert of(**keys).effects(VALUES + level) == pytest.approx(of(**keys).effects(VALUES), abs=1e-9)


def test_a_seed_that_lacks_an_arm_is_left_out_of_what_needs_it():
    lacking = VALUES.copy()
    lacking.loc[2, "dose=0,payer=user,rich=yes"] = np.nan
    assert len(of(over="dose").effects(lacking)) == 6
    assert len(of(over="dose", at={"payer": "both"}).effects(lacking)) == 7


def test_the_middle_of_evenly_spaced_doses_is_not_needed():
    spaced = {"dose": {"key": "stake.sigma", "values": [0, 0.1, 0.2]}}
    said = Said(Path("f"), "", {"over": "dose"})
    found = contrast(product(Said(Path("f"), "", spaced)), said, said.keys(("over",)))
    assert found.weights == pytest.approx({"dose=0": -5, "dose=0.2": 5})


def test_an_interaction_of_named_remedies():
    arms = named(Said(Path("f"), "", {name: ["seed=1"] for name in ("none", "a", "b", "both")}))
    said = Said(Path("f"), "", {"weights": {"both": 1, "a": -1, "b": -1, "none": 1}})
    found = contrast(arms, said, said.keys(("weights",)))
    assert found.effects(pd.DataFrame({"none": [1.0], "a": [2.0], "b": [4.0], "both": [9.0]})) == pytest.approx([4.0])
    assert found.words == "+1·both -1·a -1·b +1·none"
