"""R² shared out by Lindeman, Merenda and Gold: published shares, closed forms, and what always holds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analysis.measures  # noqa: F401  fills the registry
from analysis.measure import MEASURES
from analysis.shapley import lmg
from tests.test_neutrality import network

SWISS = np.array([
    [1, -0.6865422, -0.63952252, 0.4010951, -0.06085861, 0.35307918],
    [-0.6865422, 1, 0.6984153, -0.5727418, -0.11402160, -0.6458827],
    [-0.63952252, 0.6984153, 1, -0.1538589, -0.09932185, -0.66378886],
    [0.4010951, -0.5727418, -0.1538589, 1, 0.17549590, 0.4636847],
    [-0.06085861, -0.11402160, -0.09932185, 0.1754959, 1, 0.41655603],
    [0.35307918, -0.6458827, -0.66378886, 0.4636847, 0.41655603, 1],
])  # fmt: skip
"""Correlations in R's data set swiss: agriculture, examination, education, Catholic, infant mortality, fertility."""


def gram(seed, regressors=4, rows=40):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, regressors)) @ rng.normal(size=(regressors, regressors))
    values = np.column_stack([x, x @ rng.normal(size=regressors) + rng.normal(size=rows)])
    values -= values.mean(axis=0)
    return values.T @ values


def test_fertility_in_switzerland():
    """Grömping 2006 (J. Stat. Software 17): the relative importances that calc.relimp prints for type lmg."""
    published = [0.05709122, 0.17117303, 0.26013468, 0.10557015, 0.11276592]
    assert lmg(SWISS) == pytest.approx(published, abs=2e-6)


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.integers(1, 5))
def test_shares_sum_to_r_squared_and_are_none_negative(seed, regressors):
    g = gram(seed, regressors)
    r2 = g[-1, :-1] @ np.linalg.solve(g[:-1, :-1], g[:-1, -1]) / g[-1, -1]
    shares = lmg(g)
    assert shares.sum() == pytest.approx(r2)
    assert (shares >= -1e-12).all()


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.permutations(range(4)), st.floats(0.01, 100.0))
def test_shares_know_neither_units_nor_the_order_of_regressors(seed, order, unit):
    g = gram(seed)
    moved = g[np.ix_([*order, 4], [*order, 4])].copy()
    moved[0] *= unit
    moved[:, 0] *= unit
    assert lmg(moved) == pytest.approx(lmg(g)[list(order)], abs=1e-9)


@settings(max_examples=40)
@given(st.lists(st.floats(-0.49, 0.49), min_size=4, max_size=4))
def test_orthogonal_regressors_have_the_squares_of_their_correlations(correlations):
    g = np.eye(5)
    g[4, :4] = g[:4, 4] = correlations
    assert lmg(g) == pytest.approx(np.square(correlations), abs=1e-12)


def test_twins_share_alike_and_a_constant_has_nothing():
    g = np.array([[1, 1, 0, 0.6], [1, 1, 0, 0.6], [0, 0, 0, 0], [0.6, 0.6, 0, 1]])
    assert lmg(g) == pytest.approx([0.18, 0.18, 0])


def test_nothing_to_explain_is_not_explained():
    assert np.isnan(lmg(np.diag([1.0, 1.0, 0.0]))).all()


def test_where_wealth_doubles_traffic_wealth_explains_more_than_stake_and_tenure():
    def shares(run):
        return {cause: MEASURES[f"routing_by_{cause}"].function(run) for cause in ("wealth", "stake", "tenure")}

    planted = shares(network(np.random.default_rng(2), wealth_doubles=True))
    assert planted["wealth"] > 5 * max(planted["stake"], planted["tenure"])
    # Without it each is noise that a hundred developers have: it explains 1/99 of the variance in the mean.
    assert max(shares(network(np.random.default_rng(2))).values()) < 0.1


@pytest.mark.parametrize("place", [0, -1])
def test_what_is_not_finite_explains_nothing(place):
    sums = gram(1)
    sums[place, :] = sums[:, place] = np.nan
    assert np.isnan(lmg(sums)).all()
