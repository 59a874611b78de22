"""Indices of concentration: closed forms of known distributions, published values, and what each may not depend on."""

import math
from importlib.resources import files

import numpy as np
import powerlaw
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

import sim.concentration
from analysis import indices
from analysis.tails import tail

SAMPLES, SIZE = 100, 4000

# Distribution -> Gini, Theil's T and n·HHI of an endless sample (Kleiber and Kotz 2003; n·HHI is 1 + CV²).
CLOSED = {
    "uniform": (stats.uniform(), 1 / 3, math.log(2) - 1 / 2, 4 / 3),
    "exponential": (stats.expon(), 1 / 2, 1 - np.euler_gamma, 2.0),
    "lognormal": (stats.lognorm(0.5), math.erf(0.5 / 2), 0.5**2 / 2, math.exp(0.5**2)),
    "pareto": (stats.pareto(6), 1 / 11, 1 / 5 - math.log(6 / 5), 25 / 24),
}


def confirms(values, theory):
    """``theory`` lies in the 99.9 % interval of the mean of ``values``."""
    low, high = stats.t.interval(0.999, len(values) - 1, np.mean(values), stats.sem(values))
    assert low <= theory <= high


@pytest.mark.parametrize("name", CLOSED)
def test_samples_of_known_distributions_have_their_closed_forms(name):
    law, gini, theil, hhi = CLOSED[name]
    draws = law.rvs((SAMPLES, SIZE), random_state=np.random.default_rng(7))
    confirms([indices.gini(x) * SIZE / (SIZE - 1) for x in draws], gini)
    confirms([indices.theil(x) for x in draws], theil)
    confirms([indices.hhi(x) * SIZE for x in draws], hhi)


@pytest.mark.parametrize("n", [1, 2, 7, 100])
def test_equal_holders_and_a_single_one_are_the_bounds(n):
    equal, single = np.full(n, 3.0), np.eye(n)[0] * 3.0
    for index, least, most in (
        (indices.gini, 0, 1 - 1 / n),
        (indices.hhi, 1 / n, 1),
        (indices.theil, 0, math.log(n)),
        (lambda x: indices.cr(x, 4), min(4 / n, 1), 1),
        *((lambda x, q=q: -indices.hill(x, q), -n, -1) for q in (0, 1, 2)),
        (lambda x: -indices.nakamoto(x, 0.33), -(math.floor(0.33 * n) + 1), -1),
        (lambda x: -indices.nakamoto(x, 0.51), -(math.floor(0.51 * n) + 1), -1),
    ):
        assert index(equal) == pytest.approx(least, abs=1e-12)
        assert index(single) == pytest.approx(most)


@pytest.mark.parametrize("r", [0.3, 0.5, 0.9, 0.97])
@pytest.mark.parametrize("share", [0.33, 0.51])
def test_geometric_shares(r, share):
    """Of shares (1 - r)·r^i the k largest are 1 - r^k, the sum of squares (1 - r)/(1 + r), the entropy known."""
    x = r ** np.arange(3000)
    assert indices.nakamoto(x, share) == math.floor(math.log(1 - share) / math.log(r)) + 1
    assert indices.cr(x, 4) == pytest.approx(1 - r**4)
    assert indices.hill(x, 2) == pytest.approx((1 + r) / (1 - r))
    assert indices.hill(x, 1) == pytest.approx(math.exp(-math.log(1 - r) - r * math.log(r) / (1 - r)))


def test_the_lorenz_curve_of_a_pareto_law():
    """L(p) = 1 - (1 - p)^(1 - 1/a), at the law's own quantiles (n of them, so to the order of 1/n)."""
    n, a = 100_000, 3.0
    curve = indices.lorenz((1 - (np.arange(n) + 0.5) / n) ** (-1 / a))
    p = np.linspace(0, 1, n + 1)
    np.testing.assert_allclose(curve, 1 - (1 - p) ** (1 - 1 / a), atol=n ** (1 / a - 1))


@pytest.mark.parametrize("a", [0.8, 1.5, 4.0])
def test_the_exponent_of_a_pareto_tail_is_recovered(a):
    """1/(α - 1) is the mean of k exponentials of mean 1/a: unbiased."""
    draws = stats.pareto(a).rvs((SAMPLES, SIZE), random_state=np.random.default_rng(8))
    confirms([1 / (indices.tail_exponent(x) - 1) for x in draws], 1 / a)


def test_the_tail_exponent_is_that_of_powerlaw_from_the_same_threshold():
    x = np.sort(stats.lognorm(1.5).rvs(500, random_state=np.random.default_rng(9)))
    law = powerlaw.Fit(x[-50:], xmin=x[-51], verbose=False).power_law
    assert indices.tail_exponent(x) == pytest.approx(law.alpha)
    assert math.isnan(indices.tail_exponent(x[:10]))
    assert math.isnan(indices.tail_exponent(np.ones(40)))


def test_the_tail_of_blackouts_is_as_published():
    """Customers hit by power cuts in the United States: Clauset, Shalizi and Newman 2009, tables 6.1 and 6.3."""
    found = tail(np.loadtxt(files("powerlaw") / "reference_data" / "blackouts.txt"))
    assert (round(found.exponent, 1), found.least, found.holders) == (2.3, 230_000, 59)
    assert found.ratio == pytest.approx(-0.412, abs=0.01)
    assert found.p == pytest.approx(0.68, abs=0.005)


def test_a_lognormal_is_told_from_a_power_law():
    x = stats.lognorm(0.5).rvs(300, random_state=np.random.default_rng(3))
    law = stats.pareto(1.5).rvs(300, random_state=np.random.default_rng(3))
    assert tail(law).ratio > tail(x).ratio
    with pytest.raises(ValueError, match="three different amounts"):
        tail(np.array([0.0, 2.0, 2.0, 5.0]))


amounts = st.lists(st.integers(0, 10**6), min_size=1, max_size=40).filter(any).map(lambda x: np.array(x, float))
INVARIANT = {
    "gini": indices.gini,
    "hhi": indices.hhi,
    "theil": indices.theil,
    "cr_4": lambda x: indices.cr(x, 4),
    "tail_exponent": indices.tail_exponent,
    **{f"hill_{q}": lambda x, q=q: indices.hill(x, q) for q in (0, 1, 2)},
}


@given(amounts, st.sampled_from([0.125, 2.0, 1024.0]), st.randoms())
def test_neither_unit_nor_order_matters(x, scale, random):
    other = x.copy() * scale
    random.shuffle(other)
    for index in INVARIANT.values():
        assert index(other) == pytest.approx(index(x), rel=1e-9, nan_ok=True)
    for share in (0.33, 0.51):
        assert indices.nakamoto(other, share) == indices.nakamoto(x, share)
    np.testing.assert_allclose(indices.lorenz(other), indices.lorenz(x))


@given(amounts, st.integers(2, 5))
def test_of_copies_of_everybody_shares_are_as_unequal_and_holders_as_many_times_more(x, times):
    many = np.repeat(x, times)
    assert indices.gini(many) == pytest.approx(indices.gini(x), abs=1e-12)
    assert indices.theil(many) == pytest.approx(indices.theil(x), abs=1e-9)
    assert indices.hhi(many) * times == pytest.approx(indices.hhi(x))
    for order in (0, 1, 2):
        assert indices.hill(many, order) == pytest.approx(indices.hill(x, order) * times)
    for share in (0.33, 0.51):
        assert 0 <= indices.nakamoto(x, share) * times - indices.nakamoto(many, share) < times


@given(amounts)
def test_bounds_and_order(x):
    n = len(x)
    assert -1e-12 <= indices.gini(x) <= 1 - 1 / n + 1e-12
    assert 1 / n - 1e-12 <= indices.hhi(x) <= 1 + 1e-12
    assert 0 <= indices.theil(x) <= math.log(n) + 1e-12
    assert indices.cr(x, 1) <= indices.cr(x, 4) <= indices.cr(x, 10) <= 1 + 1e-12
    assert indices.cr(x, 1) ** 2 <= indices.hhi(x) + 1e-12
    assert indices.hhi(x) <= indices.cr(x, 1) + 1e-12
    assert 1 <= indices.nakamoto(x, 0.33) <= indices.nakamoto(x, 0.51) <= (x > 0).sum()
    assert indices.hill(x, 0) >= indices.hill(x, 1) - 1e-9
    assert indices.hill(x, 1) >= indices.hill(x, 2) - 1e-9
    assert indices.hill(x, 2) >= 1 - 1e-9
    assert indices.theil(x) == pytest.approx(math.log(n / indices.hill(x, 1)), abs=1e-9)
    curve = indices.lorenz(x)
    assert curve[0] == 0
    assert curve[-1] == 1
    assert (np.diff(curve, 2) >= -1e-12).all()
    assert indices.gini(x) == pytest.approx(1 - (curve[1:] + curve[:-1]).mean(), abs=1e-9)


@given(amounts, st.data())
def test_what_the_poorer_gives_the_richer_makes_shares_less_even(x, data):
    """The principle of transfers (Pigou 1912, Dalton 1920)."""
    assume(len(x) > 1)
    poor, rich = sorted(data.draw(st.permutations(range(len(x))))[:2], key=lambda i: x[i])
    assume(x[poor] > 0)
    after = x.copy()
    given_ = data.draw(st.integers(1, int(x[poor])))
    after[poor] -= given_
    after[rich] += given_
    for index in (indices.gini, indices.hhi, indices.theil):
        assert index(after) > index(x) - 1e-12
    assert (indices.lorenz(after) <= indices.lorenz(x) + 1e-12).all()
    for order in (0, 1, 2):
        assert indices.hill(after, order) <= indices.hill(x, order) + 1e-9


@given(amounts, st.integers(1, 5), st.randoms())
def test_theil_is_what_is_between_groups_and_what_is_within(x, groups, random):
    group = np.array([random.randrange(groups) for _ in x])
    between, within = indices.theil_between(x, group), indices.theil_within(x, group)
    assert between + within == pytest.approx(indices.theil(x), abs=1e-9)
    assert min(between, within) >= 0
    means = np.bincount(group, x) / np.maximum(np.bincount(group), 1)
    assert between == pytest.approx(indices.theil(means[group]), abs=1e-9)


@given(amounts)
def test_the_simulator_measures_the_same(x):
    assert indices.gini(x) == sim.concentration.gini(x)
    assert indices.hhi(x) == sim.concentration.hhi(x)
    assert indices.cr(x, 1) == sim.concentration.top1_share(x)
    for share in (0.33, 0.51):
        assert indices.nakamoto(x, share) == sim.concentration.nakamoto(x, share)


def test_where_nothing_is_held():
    for x in (np.zeros(3), np.zeros(0)):
        for index in (indices.gini, indices.hhi, indices.theil, indices.tail_exponent):
            assert math.isnan(index(x))
        group = np.zeros(len(x), int)
        assert math.isnan(indices.theil_between(x, group))
        assert math.isnan(indices.theil_within(x, group))
        assert math.isnan(indices.cr(x, 4))
        assert indices.nakamoto(x, 0.51) == 0
        assert [indices.hill(x, q) for q in (0, 1, 2)] == [0, 0, 0]
        assert np.isnan(indices.lorenz(x)).all()
