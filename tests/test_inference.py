"""Intervals, tests and families keep what their names promise, over 200 simulated families of runs."""

import gc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.errors import InputError
from analysis.inference import paired
from analysis.inference.dose import dose_response, slopes
from analysis.inference.equivalence import equivalence
from analysis.inference.family import holm, p_value
from analysis.inference.paired import bootstrap_interval, differences, t_interval
from analysis.inference.seeds import seeds_needed

FAMILIES = 200


@pytest.fixture(scope="module", autouse=True)
def _little_to_collect():
    """The library collects garbage at every correction of a family; what the other tests left need not be looked at."""
    gc.freeze()
    yield
    gc.unfreeze()


def families(seeds=40, mean=0.3, seed=11):
    """Paired differences of ``FAMILIES`` studies: (families, seeds)."""
    return np.random.default_rng(seed).normal(mean, 1.0, (FAMILIES, seeds))


def within(count, chance, trials=FAMILIES):
    """Whether a count of ``trials`` lies in the 99 % binomial interval around ``chance``."""
    low, high = stats.binom.interval(0.99, trials, chance)
    return low <= count <= high


@pytest.mark.parametrize("interval", [t_interval, bootstrap_interval])
@pytest.mark.parametrize("level", [0.95, 0.8])
def test_intervals_cover_at_their_level(interval, level, monkeypatch):
    monkeypatch.setattr(paired, "RESAMPLES", 999)
    found = [interval(values, level) for values in families()]
    assert within(sum(not i.excludes(0.3) for i in found), level)


def test_pairs_take_out_what_worlds_have_in_common():
    rng = np.random.default_rng(3)
    worlds, effect = rng.normal(0, 10, 40), rng.normal(0.3, 0.1, 40)
    interval = t_interval(differences(worlds + effect, worlds))
    assert interval.high - interval.low < 0.1
    assert interval.low < 0.3 < interval.high


def test_student_on_sleep():
    """Extra hours of sleep under two drugs, ten patients: R's t.test(paired = TRUE) of the data set sleep."""
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    change = differences(second, first)
    interval = t_interval(change)
    assert (interval.estimate, interval.low, interval.high) == pytest.approx((1.58, 0.7001142, 2.4598858), abs=1e-7)
    assert p_value(change) == pytest.approx(0.002833, abs=5e-7)


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.floats(-100, 100), st.floats(0.01, 100))
def test_intervals_move_and_stretch_with_their_values(seed, shift, unit):
    values = np.random.default_rng(seed).normal(size=15)
    plain, moved = t_interval(values), t_interval(shift + unit * values)
    assert moved.low == pytest.approx(shift + unit * plain.low, abs=1e-9)
    assert moved.high == pytest.approx(shift + unit * plain.high, abs=1e-9)


@pytest.mark.parametrize("interval", [t_interval, bootstrap_interval])
def test_seeds_that_agree_leave_no_doubt_and_undefined_ones_do_not_count(interval):
    found = interval([2.0, 2.0, np.nan, 2.0])
    assert (found.low, found.high, found.n) == (2.0, 2.0, 3)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: t_interval([1.0, np.nan]), "1 seeds with a defined value"),
        (lambda: t_interval([]), "0 seeds"),
        (lambda: t_interval([1.0, np.inf]), "infinite"),
        (lambda: t_interval([1e308, -1e308]), "beyond"),
        (lambda: t_interval([[1.0, 2.0], [3.0, 4.0]]), "seeds alone are replicates"),
        (lambda: t_interval(["one", "two"]), "no array of numbers"),
        (lambda: t_interval([1.0, 2.0], 95), "a level of 95"),
        (lambda: bootstrap_interval([1.0, 2.0], np.nan), "a level of nan"),
        (lambda: differences([np.inf, 1.0, 2.0], [np.inf, 1.0, 3.0]), "infinite"),
        (lambda: holm({"a": 0.01, "b": -0.1}), "b: a p-value of -0.1"),
        (lambda: seeds_needed([1.0, 2.0], 1e-300), "narrower than the pilot's"),
        (lambda: differences([1.0, 2.0], [1.0, 2.0, 3.0]), "allowed are two of the same seeds"),
        (lambda: equivalence([1.0, 2.0], 0.0), "a margin of 0"),
        (lambda: seeds_needed([1.0, 2.0], -1.0), "a half-width of -1"),
        (lambda: slopes([1.0, 1.0], [[1.0, 2.0]]), "two or more different"),
        (lambda: slopes([1.0, 2.0], [[1.0, 2.0, 3.0]]), "one a dose"),
    ],
)
def test_what_cannot_be_inferred_from_gets_one_line(call, said):
    with pytest.raises(InputError, match=said) as error:
        call()
    assert "\n" not in str(error.value)


def test_equivalence_keeps_its_size_where_the_effect_is_just_of_interest():
    false = sum(equivalence(values, 0.5) < 0.05 for values in families(mean=0.5))
    assert within(false, 0.05)
    assert sum(equivalence(values, 0.5) < 0.05 for values in families(mean=0.0)) > 0.8 * FAMILIES


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.floats(0.05, 1.5))
def test_equivalence_is_a_shorter_interval_inside_the_margin(seed, margin):
    values = np.random.default_rng(seed).normal(0.2, 1.0, 20)
    interval = t_interval(values, 0.9)
    inside = -margin < interval.low and interval.high < margin
    assert (equivalence(values, margin) < 0.05) == inside
    assert equivalence(-values, margin) == pytest.approx(equivalence(values, margin))


def test_holm_of_three():
    """Sorted, times three, two and one, and never less than the one before."""
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06})
    with_gap = holm({"a": 0.01, "b": float("nan")})
    assert with_gap["a"] == 0.01
    assert np.isnan(with_gap["b"])
    assert holm({}) == {}


@settings(max_examples=40)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=10))
def test_holm_keeps_order_and_is_between_the_plain_and_bonferroni(p_values):
    adjusted = np.array(list(holm(dict(enumerate(p_values))).values()))
    plain = np.array(p_values)
    assert (adjusted >= plain - 1e-12).all()
    assert (adjusted <= np.minimum(len(plain) * plain, 1.0) + 1e-12).all()
    assert (np.diff(adjusted[np.argsort(plain, kind="stable")]) >= -1e-12).all()


def test_holm_makes_one_false_claim_in_twenty_families():
    """Ten measures without effect in each family of 20 seeds, independent: at most .05, and .0489 in fact."""
    rng = np.random.default_rng(17)
    false = 0
    for _ in range(FAMILIES):
        tested = {i: p_value(values) for i, values in enumerate(rng.normal(size=(10, 20)))}
        false += min(holm(tested).values()) < 0.05
    assert within(false, 1 - 0.995**10)


def test_a_line_has_its_slope_in_every_world():
    doses, worlds = np.array([0.0, 1.0, 4.0]), np.array([[5.0], [-2.0], [0.0]])
    assert slopes(doses, worlds + 0.7 * doses) == pytest.approx([0.7, 0.7, 0.7])
    assert slopes(doses, worlds + doses**2) == pytest.approx([slopes(doses, [doses**2])[0]] * 3)


def test_slopes_cover_over_worlds_that_answer_differently():
    rng = np.random.default_rng(23)
    doses = np.array([0.0, 0.5, 1.0, 2.0])
    hit = 0
    for _ in range(FAMILIES):
        world, slope = rng.normal(0, 5, (20, 1)), rng.normal(0.4, 0.3, (20, 1))
        hit += not dose_response(doses, world + slope * doses + rng.normal(0, 0.2, (20, 4))).excludes(0.4)
    assert within(hit, 0.95)


def test_steins_seeds_by_hand():
    """sd 1 of three pilots, t_2 = 4.302653: (4.302653 / 0.5)² = 74.05."""
    assert seeds_needed([-1.0, 0.0, 1.0], 0.5) == 75
    assert seeds_needed([1.0, 1.0, 1.0], 0.5) == 3


def test_as_many_seeds_as_stein_asks_for_are_as_precise_as_wanted():
    rng = np.random.default_rng(29)
    hit = 0
    for _ in range(FAMILIES):
        pilot = rng.normal(size=10)
        more = rng.normal(size=seeds_needed(pilot, 0.4) - len(pilot))
        hit += abs(np.append(pilot, more).mean()) <= 0.4
    assert hit >= stats.binom.ppf(0.005, FAMILIES, 0.95)
