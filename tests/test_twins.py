"""Twins are of one world, or one line says what differs."""

import copy

import numpy as np
import pytest

from analysis.errors import InputError
from analysis.twins import WORLD, Twins
from sim.config import keys
from tests.made_runs import CONFIG, made_ideas, made_run


def changed(key, value):
    """The configuration with another value at ``key``."""
    config = copy.deepcopy(CONFIG)
    *path, last = key.split(".")
    section = config
    for part in path:
        section = section[part]
    section[last] = value
    return config


def test_every_part_of_the_world_is_a_key_or_a_group_of_the_configuration():
    known = {*keys()}
    assert all(name in known or any(key.startswith(f"{name}.") for key in known) for name in WORLD)


@pytest.mark.parametrize("key", ["governance.strictness", "developers.policy"])
def test_twins_may_differ_in_how_they_are_governed_and_decide(key):
    Twins(made_run(), made_run(changed(key, "another")))


@pytest.mark.parametrize(
    ("key", "found"),
    [("seed", 1), ("demand.rate", 100.0), ("landscape.n", 4), ("developers.endowment.wealth", 1.0)],
)
def test_another_world_is_named_with_both_values(key, found):
    with pytest.raises(InputError) as error:
        Twins(made_run(where="here"), made_run(changed(key, 7), where="there"))
    assert str(error.value).startswith(f"here, there: no twins: {key}: found {found} and 7; allowed")


def test_another_version_is_no_twin_and_more_differences_are_counted():
    with pytest.raises(InputError, match=r"no twins: version: found 1 and 2 \(and 1 more\);"):
        Twins(made_run(), made_run(changed("seed", 2), version="2"))


def test_a_foreign_configuration_is_named():
    foreign = {key: value for key, value in CONFIG.items() if key != "learning"}
    with pytest.raises(InputError, match="there: its configuration has no key 'learning'"):
        Twins(made_run(), made_run(foreign, where="there"))


def test_ideas_are_joined_by_developer_and_number_in_whatever_order_they_stand():
    tables = made_ideas(["open", "left", "admitted"])
    turned = {name: {c: np.asarray(v)[::-1] for c, v in table.items()} for name, table in tables.items()}
    ours, theirs = Twins(made_run(**tables), made_run(**turned)).ideas()
    assert ours["idea"].tolist() == theirs["idea"].tolist() == [0, 1, 2]
    assert theirs["shelved_reason"].tolist() == ["open", "left", None]


@pytest.mark.parametrize("column", ["idea", "domain", "day", "potential"])
def test_ideas_of_another_world_are_refused(column):
    tables, other = made_ideas(["open"] * 3), made_ideas(["open"] * 3)
    other["ideas"][column] = other["ideas"][column] + 1
    with pytest.raises(InputError, match=f"their ideas differ in '{column}'"):
        Twins(made_run(**tables), made_run(**other)).ideas()


def test_one_idea_more_is_another_world():
    with pytest.raises(InputError, match="their ideas differ in"):
        Twins(made_run(**made_ideas(["open"] * 3)), made_run(**made_ideas(["open"] * 4))).ideas()
