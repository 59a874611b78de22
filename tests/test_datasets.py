"""M11: data sets. The law of the missing mass is in tests/verification/test_learning.py."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from sim.config.landscape import DataPlan
from sim.datasets import Datasets
from tests.configs import config

BASE = config().data
RAW, CURATED = 1, 0  # of the shipped plans


def alone(entries, noise=0.0, curation=1.0, **changes):
    """What one draw of entries makes of a model."""
    return Datasets(replace(BASE, start=DataPlan(entries, noise, curation), **changes)).rates(0)


@pytest.mark.parametrize(("n", "noise"), [(800, 0.02), (5000, 0.15), (100, 0.4)])
def test_clean_error(n, noise):
    assert alone(n, noise).error == pytest.approx(0.03 + 0.35 * noise + 1.2 * (n * (1 - 2 * noise) ** 2) ** -0.45)


def test_missing_mass():
    """Four types: M = Σ p_k·(1 - q_k)^n, and Σ q_k·(1 - q_k)^n over the entries' own draw."""
    p, q = np.arange(1.0, 5) ** -1.05, np.arange(1.0, 5) ** -(1.05 * 1.6)
    p, q = p / p.sum(), q / q.sum()
    found = alone(7, curation=1.6, types=4)
    assert found.missing == pytest.approx(p @ (1 - q) ** 7)
    assert found.demo_missing == pytest.approx(q @ (1 - q) ** 7)
    assert found.rate == pytest.approx((1 - found.error) * (1 - found.missing + 0.35 * found.missing))
    assert found.demo_rate == pytest.approx((1 - found.error) * (1 - 0.65 * found.demo_missing))


def test_a_plan_like_the_start_is_more_of_the_start():
    more = Datasets(replace(BASE, start=DataPlan(300, 0.1, 1.2), plans=[DataPlan(500, 0.1, 1.2)]))
    assert vars(more.rates(more.broaden(0, 0))) == pytest.approx(vars(alone(800, 0.1, 1.2)), rel=1e-12)


def test_equal_data_sets_are_one_whatever_the_order():
    data = Datasets(BASE)
    ends = set()
    for order in itertools.permutations((0, 0, 1)):
        dataset = data.start()
        for plan in order:
            dataset = data.broaden(dataset, plan)
        ends.add(data.rates(dataset).missing)
    assert len(ends) == 1
    assert data.broaden(data.start(), 0) == data.broaden(data.start(), 0) != data.start()


def test_raw_data_show_in_a_demo_what_they_do_live_and_curated_data_show_more():
    data = Datasets(BASE)
    assert data.demo(data.start()) == data.demo(data.broaden(0, RAW)) == 0.0
    assert data.demo(data.broaden(0, CURATED)) > 0.0
    assert data.offset(data.start()) == 0.0


def test_polish_takes_wrong_labels_out():
    data = Datasets(BASE)
    errors = [data.rates(data.broaden(0, RAW, polish)).error for polish in (1.0, 0.5, 0.0)]
    assert errors == sorted(errors, reverse=True) and len(set(errors)) == 3


def test_more_data_miss_less():
    data = Datasets(BASE)
    dataset, missing = data.start(), [1.0]
    for _ in range(20):
        missing.append(data.rates(dataset).missing)
        dataset = data.broaden(dataset, RAW)
    assert (np.diff(missing) < 0).all()


class TestThin:
    def test_the_start_is_neutral(self):
        data = Datasets(BASE)
        assert data.thin(data.rates(0).missing) == (1.0, 1.0)

    def test_at_effect_1_from_data_that_miss_nothing(self):
        data = Datasets(replace(BASE, effect=1.0, start=DataPlan(10**6, 0.0, 1.0), types=10))
        assert data.rates(0).missing == 0.0
        assert data.thin(0.2) == pytest.approx((np.sqrt(0.8), 1.4))


class TestOff:
    def test_effect(self):
        data = Datasets(replace(BASE, effect=0.0))
        for plan in (0, 1):
            broader = data.broaden(0, plan)
            assert data.offset(broader) == data.demo(broader) == 0.0
            assert data.thin(data.rates(broader).missing) == (1.0, 1.0)

    def test_thin(self):
        data = Datasets(replace(BASE, thin_spread=0.0, thin_hazard=0.0))
        assert data.thin(0.9) == (1.0, 1.0)

    def test_error(self):
        assert alone(100, 0.3, error_floor=0.0, error_noise=0.0, error_scale=0.0).error == 0.0

    def test_curation_0_is_uniform(self):
        found = alone(50, curation=0.0, types=40)
        assert found.missing == pytest.approx((1 - 1 / 40) ** 50) == pytest.approx(found.demo_missing)


@pytest.mark.parametrize("changes", [
    dict(error_scale=10.0, start=DataPlan(1, 0.49, 3.0), unseen=0.0, error_floor=0.9),
    dict(error_floor=0.0, error_noise=0.0, error_scale=0.0, types=2, start=DataPlan(10**6, 0.0, 1.0)),
])  # fmt: skip
def test_nothing_overflows_at_the_ends(changes):
    data = Datasets(replace(BASE, **changes))
    broader = data.broaden(0, 1)
    assert np.isfinite([data.offset(0), data.offset(broader), data.demo(broader), *data.thin(0.5)]).all()
