"""Every measure, found by itself: its recipe gives its number, its range holds, and it says what it is."""

import itertools
import json
import math

import numpy as np
import pandas as pd
import pytest
import scipy.optimize
import scipy.special
import scipy.stats
import yaml

import analysis.measures  # noqa: F401  fills the registry
from analysis.measure import MEASURES, TWIN_MEASURES
from analysis.run import TABLES, Run
from tests.economies import economy
from tests.runs import write_run

KEYS = dict(horizon_days=40, warmup_days=4, stake__fraction=0.4)
"""A small economy in which something of everything happens."""


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    """Folders of two runs of one world: the second has a higher bar."""
    folder = tmp_path_factory.mktemp("measures")
    return (
        write_run(economy(**KEYS), folder / "base"),
        write_run(economy(**KEYS, governance__strictness=0.7), folder / "strict"),
    )


def names(folder, behind=""):
    """What a recipe may use: each table as a DataFrame, the summary and the configuration."""
    tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in TABLES if name != "attempts"}
    said = {
        "summary": json.loads((folder / "summary.json").read_text()),
        "config": yaml.safe_load((folder / "config.yaml").read_text()),
    }
    return {name + behind: value for name, value in (tables | said).items()}


@pytest.fixture(scope="module")
def first(twins):
    return names(twins[0]) | {"pd": pd, "np": np, "scipy": scipy, "itertools": itertools}


@pytest.fixture(scope="module")
def both(twins, first):
    return first | names(twins[1], "_")


def same(value, recipe):
    assert value == pytest.approx(float(recipe), rel=1e-9, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_is_what_its_recipe_gives(name, twins, first):
    measure = MEASURES[name]
    value = measure.function(Run.read(twins[0]))
    assert math.isnan(value) or measure.within[0] <= value <= measure.within[1]
    same(value, eval(measure.recipe, first))


@pytest.mark.parametrize("name", TWIN_MEASURES)
def test_a_measure_of_twins_is_what_its_recipe_gives(name, twins, both):
    measure = TWIN_MEASURES[name]
    value = measure.function(Run.read(twins[0]), Run.read(twins[1]))
    assert math.isnan(value) or measure.within[0] <= value <= measure.within[1]
    same(value, eval(measure.recipe, both))


def test_measures_read_no_tables_but_those_that_they_say_they_need(twins, monkeypatch):
    """So what a study has to keep is known before it runs."""
    asked, read, more = set(), Run.__getitem__, {}
    monkeypatch.setattr(Run, "__getitem__", lambda run, table: asked.add(table) or read(run, table))
    for name, measure in {**MEASURES, **TWIN_MEASURES}.items():
        asked.clear()
        measure.function(*(Run.read(folder) for folder in twins[: 1 if name in MEASURES else 2]))
        if asked - measure.tables:
            more[name] = asked - measure.tables
    assert not more


@pytest.mark.parametrize("measure", [*MEASURES.values(), *TWIN_MEASURES.values()], ids=lambda m: m.name)
def test_a_measure_says_what_it_is(measure):
    for said in (measure.about, measure.unit, measure.formula, measure.source, measure.recipe):
        assert said.strip()
        assert "|" not in said
        assert "\n" not in said
    assert measure.within[0] < measure.within[1]


def test_most_measures_are_defined_in_a_whole_economy(twins):
    """So that the comparison with the recipes compares numbers."""
    run = Run.read(twins[0])
    undefined = [name for name, measure in MEASURES.items() if math.isnan(measure.function(run))]
    assert len(undefined) <= len(MEASURES) // 20, undefined
