"""conf/plausible.yaml: every illustrative constant has a range, or a reason why it has none."""

import numpy as np

from scenarios.constants import default_constants
from scenarios.runner.job import document
from scenarios.sensitivity.parameter import Parameter, plausible
from scenarios.sensitivity.swept import plausible_ones, with_values
from sim.compose import configure
from sim.shell.check import check_named

ILLUSTRATIVE = {name for name, constant in default_constants().items() if constant.standing == "illustrative"}


def test_every_illustrative_constant_has_a_range_or_a_reason_and_nothing_else_has():
    said = plausible()
    assert said.ranges.keys() | said.left_out.keys() == ILLUSTRATIVE
    assert not said.ranges.keys() & said.left_out.keys()
    assert said.acts.keys() <= said.ranges.keys()


def test_what_acts_only_sometimes_names_words_that_there_are():
    told = {(key, word) for said in plausible().acts.values() for key, words in said.items() for word in words}
    for key, word in sorted(told):
        check_named(configure(f"{key}={word}"))


def test_a_constant_lies_within_its_range():
    config = configure()
    for key, each in plausible().ranges.items():
        value = config
        for name in key.split("."):
            value = getattr(value, name)
        assert each.low <= value <= each.high, key


def test_all_of_it_may_be_together():
    config = configure()
    drawn = plausible_ones({"run": config})
    rng = np.random.default_rng(0)
    corners = [np.zeros(len(drawn)), np.ones(len(drawn)), *rng.integers(0, 2, (6, len(drawn))).astype(float)]
    for unit in corners:
        values = {each.key: each.at(np.array([u]))[0].item() for each, u in zip(drawn, unit, strict=True)}
        changed = document(with_values(config, values))
        assert changed["learning"]["v0"] == values["learning.v0"]


def test_values_are_spread_evenly_over_numbers_their_logarithms_or_whole_ones():
    unit = (np.arange(1000) + 0.5) / 1000
    assert np.quantile(Parameter("x", 2, 6, False, False).at(unit), 0.5) == np.float64(4)
    assert np.isclose(np.quantile(Parameter("x", 1, 100, True, False).at(unit), 0.5), 10, rtol=0.01)
    _, counts = np.unique(Parameter("x", 2, 5, False, True).at(unit), return_counts=True)
    assert counts.tolist() == [250] * 4
