"""The Shapley value over arms keeps its axioms; arms that are missing are named."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.attribution import attribution, interactions, shapley
from analysis.errors import InputError

NAMES = "abcd"
NUMBERS = st.floats(-1e3, 1e3).map(lambda x: round(x, 3))


def arms(names, value):
    """Every subset of ``names`` with the value that ``value`` gives it."""
    return {frozenset(s): value(frozenset(s)) for k in range(len(names) + 1) for s in combinations(names, k)}


@st.composite
def games(draw):
    names = NAMES[: draw(st.integers(1, 4))]
    return names, arms(names, lambda _: draw(NUMBERS))


def near(value):
    return pytest.approx(value, abs=1e-8)


@given(games())
def test_what_mechanisms_contribute_adds_up_to_the_total(game):
    names, values = game
    assert sum(shapley(values).values()) == near(values[frozenset(names)] - values[frozenset()])
    rows = attribution(values).set_index("mechanism")["value"]
    assert rows[[*names]].sum() == near(rows["total"])


@given(st.lists(NUMBERS, min_size=4, max_size=4), NUMBERS)
def test_an_additive_game_gives_each_its_own_and_no_interaction(own, start):
    by_name = dict(zip(NAMES, own, strict=True))
    values = arms(NAMES, lambda s: start + sum(by_name[i] for i in s))
    found = shapley(values)
    assert all(found[i] == near(by_name[i]) for i in NAMES)
    assert all(value == near(0) for value in interactions(values).values())


@given(games())
def test_a_dummy_contributes_what_it_adds_alone(game):
    names, values = game
    with_dummy = {s | extra: v + 7 * len(extra) for s, v in values.items() for extra in (frozenset(), frozenset("z"))}
    found, before = shapley(with_dummy), shapley(values)
    assert found["z"] == near(7)
    assert all(found[i] == near(before[i]) for i in names)
    assert all(interactions(with_dummy)[i, "z"] == near(0) for i in names)


@given(st.lists(NUMBERS, min_size=5, max_size=5))
def test_mechanisms_that_do_the_same_contribute_the_same(by_size):
    values = arms(NAMES, lambda s: by_size[len(s)])
    assert [*shapley(values).values()] == [near((by_size[4] - by_size[0]) / 4)] * 4
    assert len({round(float(v), 6) + 0.0 for v in interactions(values).values()}) == 1


@given(games(), games())
def test_games_that_add_have_contributions_that_add(one, other):
    names = min(one[0], other[0], key=len)
    first, second = ({s: v for s, v in game.items() if s <= frozenset(names)} for _, game in (one, other))
    both, apart = shapley({s: first[s] + second[s] for s in first}), (shapley(first), shapley(second))
    assert all(both[i] == near(apart[0][i] + apart[1][i]) for i in names)


def test_the_glove_game():
    """One left glove, two right ones; a pair is worth 1 (Shapley & Shubik 1969): 2/3, 1/6, 1/6."""
    found = shapley(arms("lrs", lambda s: float("l" in s and len(s) > 1)))
    assert found == {"l": near(2 / 3), "r": near(1 / 6), "s": near(1 / 6)}


def test_two_mechanisms_that_work_only_together_interact_with_all_that_they_do():
    """A unanimity game on {a, b}: a half for each, and I_ab = 1, whoever else is there (Grabisch & Roubens 1999)."""
    values = arms("abc", lambda s: float({"a", "b"} <= s))
    assert shapley(values) == {"a": near(0.5), "b": near(0.5), "c": near(0)}
    assert interactions(values) == {("a", "b"): near(1), ("a", "c"): near(0), ("b", "c"): near(0)}


def test_over_seeds_the_mean_is_attributed_and_only_what_varies_has_an_interval():
    rng = np.random.default_rng(5)
    noise = rng.normal(size=30)
    values = arms("ab", lambda s: 2.0 * ("a" in s) + (1.0 + noise) * ("b" in s))
    rows = attribution(values).set_index("mechanism")
    assert rows.index.tolist() == ["a", "b", "a × b", "total"]
    assert rows.loc["a", ["value", "low", "high"]].tolist() == [near(2)] * 3
    assert rows.loc["a × b", ["value", "low", "high"]].tolist() == [near(0)] * 3
    assert rows.loc["b", "value"] == near(1 + noise.mean())
    # The percentile bootstrap of a mean of 30 is as wide as the normal interval, within a fifth.
    wide = 2 * 1.96 * noise.std() / np.sqrt(30)
    assert rows.loc["b", "high"] - rows.loc["b", "low"] == pytest.approx(wide, rel=0.2)
    assert rows.loc["total", "low"] == near(2 + rows.loc["b", "low"])


def test_without_seeds_there_is_no_interval():
    assert attribution(arms("a", lambda s: float(len(s))))[["low", "high"]].isna().all(axis=None)


# ---- refused ---------------------------------------------------------------------------------------------------------


def test_missing_arms_are_named():
    values = arms("ab", lambda s: 1.0)
    del values[frozenset("a")], values[frozenset()]
    with pytest.raises(InputError, match=r"arms over \{a, b\}: found none of \{\}, \{a\}; allowed are all subsets"):
        shapley(values)


def test_arms_of_unlike_seeds_are_refused():
    with pytest.raises(InputError, match=r"arms of unlike seeds: \{\} has 1, \{a\} has 2;"):
        shapley(arms("a", lambda s: np.zeros(1 + len(s))))


def test_a_value_that_is_not_finite_is_refused():
    with pytest.raises(InputError, match=r"arm \{a\}: found a value that is not finite"):
        interactions(arms("a", lambda s: np.array([0.0, np.nan])[: 1 + len(s)][-1:]))


@pytest.mark.parametrize("values", [[], [[1.0, 2.0], [3.0, 4.0]]])
def test_values_that_are_not_one_a_seed(values):
    with pytest.raises(InputError, match=r"arm \{\}: values of shape .*; allowed is a number, or one a seed"):
        attribution({frozenset(): values, frozenset("a"): values})
