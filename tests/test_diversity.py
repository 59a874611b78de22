"""Distance and Vendi score at their closed forms, and what must not change them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import analysis.measures  # noqa: F401  fills the registry
from analysis.diversity import bits, mean_distance, vendi
from analysis.measure import MEASURES
from tests.made_runs import made_run

N = 6


@st.composite
def populations(draw, most=12):
    """Positions of N bits and their shares."""
    positions = draw(st.lists(st.integers(0, 2**N - 1), min_size=1, max_size=most))
    weights = draw(st.lists(st.integers(1, 100), min_size=len(positions), max_size=len(positions)))
    return np.array(positions), np.array(weights) / sum(weights)


def similarity(positions):
    return 1 - np.bitwise_count(positions[:, None] ^ positions) / N


@pytest.mark.parametrize("n", [1, 2, 7, 100])
def test_n_things_with_nothing_in_common_count_n_and_n_alike_count_one(n):
    even = np.full(n, 1 / n)
    assert vendi(np.eye(n), even) == pytest.approx(n)
    assert mean_distance(np.eye(n), even) == pytest.approx(1 - 1 / n)  # Gini-Simpson
    same = np.tile(bits(np.array([5]), N), (n, 1))
    assert vendi(same, even) == pytest.approx(1)
    assert mean_distance(same, even) == pytest.approx(0, abs=1e-12)


def test_things_with_nothing_in_common_count_as_the_entropy_of_their_shares():
    shares = np.array([0.5, 0.25, 0.125, 0.125])
    assert vendi(np.eye(4), shares) == pytest.approx(2**1.75)  # 1.75 bits


def test_all_corners_of_the_cube_are_half_apart():
    every = np.arange(2**N)
    even = np.full(len(every), 1 / len(every))
    assert mean_distance(bits(every, N), even) == pytest.approx(0.5)
    # The eigenvalues of the mean of (1, ±1)/2 per bit: 1/2 once, and 1/(2N) for each bit.
    assert vendi(bits(every, N), even) == pytest.approx(math.exp(0.5 * math.log(2) + 0.5 * math.log(2 * N)))


def test_a_position_and_its_complement_have_nothing_in_common():
    two = bits(np.array([0b010110, 0b101001]), N)
    assert vendi(two, np.array([0.5, 0.5])) == pytest.approx(2)
    assert mean_distance(two, np.array([0.3, 0.7])) == pytest.approx(2 * 0.3 * 0.7)


@given(populations())
def test_they_are_the_sums_over_pairs_and_the_eigenvalues_of_the_whole_kernel(population):
    positions, p = population
    kernel = similarity(positions)
    assert mean_distance(bits(positions, N), p) == pytest.approx(p @ (1 - kernel) @ p, abs=1e-12)
    spectrum = np.linalg.eigvalsh(np.sqrt(np.outer(p, p)) * kernel)
    spectrum = spectrum[spectrum > 1e-14]
    assert vendi(bits(positions, N), p) == pytest.approx(math.exp(-(spectrum * np.log(spectrum)).sum()), rel=1e-9)


@given(populations(), st.integers(0, 2**N - 1), st.permutations(range(12)))
def test_neither_order_nor_which_value_of_a_bit_is_one_nor_splitting_changes_them(population, flip, order):
    positions, p = population
    order = [i for i in order if i < len(p)]
    moved = positions[order] ^ flip
    for measure in (mean_distance, vendi):
        here = measure(bits(positions, N), p)
        assert measure(bits(moved, N), p[order]) == pytest.approx(here, abs=1e-9)
        assert measure(bits(np.tile(positions, 2), N), np.tile(p / 2, 2)) == pytest.approx(here, abs=1e-9)


@given(populations())
def test_they_keep_their_bounds(population):
    positions, p = population
    distinct = len(set(positions.tolist()))
    assert 0 <= mean_distance(bits(positions, N), p) <= min(0.5, 1 - 1 / distinct) + 1e-12
    assert 1 <= vendi(bits(positions, N), p) <= min(distinct, N + 1) * (1 + 1e-9)


# ---- the measures ----------------------------------------------------------------------------------------------------


def measured(name, positions, domains, turns):
    models = {"position": np.array(positions), "domain": np.array(domains), "turns_after_warmup": np.array(turns)}
    return MEASURES[name].function(made_run(models=models))


def test_conformity_of_one_spot_a_domain():
    found = dict(positions=[3, 3, 9, 9], domains=[0, 0, 1, 1], turns=[1, 2, 2, 1])
    assert measured("vendi_score", **found) == pytest.approx(2)
    assert measured("vendi_score_in_domains", **found) == pytest.approx(1)
    assert measured("position_distance", **found) == pytest.approx(0.5)
    assert measured("position_distance_in_domains", **found) == pytest.approx(0, abs=1e-12)


def test_domains_weigh_by_their_turns_and_those_without_place_or_traffic_do_not_count():
    found = dict(positions=[0, 15, 0, -1, 5], domains=[0, 0, 1, 1, 1], turns=[30, 30, 20, 1000, 0])
    assert measured("vendi_score_in_domains", **found) == pytest.approx(0.75 * 2 + 0.25)
    assert measured("position_distance_in_domains", **found) == pytest.approx(0.75 * 0.5)
    assert measured("vendi_score", **found) == pytest.approx(
        math.exp(-sum(s * math.log(s) for s in (3 / 8, 3 / 8, 2 / 8)))
    )


@pytest.mark.parametrize("name", ["vendi_score", "position_distance_in_domains"])
def test_a_market_that_is_nowhere_on_the_landscape_has_no_conformity(name):
    assert math.isnan(measured(name, [-1, -1], [0, 0], [5, 5]))
