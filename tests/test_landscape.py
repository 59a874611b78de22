"""M11: the landscape. Its laws are in tests/verification/test_landscape.py."""

import math
from dataclasses import replace

import numpy as np
import pytest

from sim.landscape import Landscape
from tests.configs import config

BASE = config().landscape


def landscape(seed=1, domains=2, **changes):
    return Landscape(replace(BASE, **changes), seed, domains)


def every(n):
    return np.arange(1 << n)


@pytest.mark.parametrize(("n", "k"), [(1, 0), (5, 0), (6, 2), (6, 5), (24, 23)])
def test_one_position_is_worth_what_it_is_among_many(n, k):
    land = landscape(n=n, k=k)
    positions = np.unique(np.linspace(0, (1 << n) - 1, 50).astype(np.int64))
    assert [land.logit(1, int(p)) for p in positions] == list(land.logits(1, positions))


def test_domains_and_seeds_have_landscapes_of_their_own():
    z = [landscape(seed).logits(d, every(12)) for seed in (1, 2) for d in (0, 1)]
    for i in range(4):
        for j in range(i):
            assert abs(np.corrcoef(z[i], z[j])[0, 1]) < 0.3  # peaks of 4,096 correlated values
    assert np.array_equal(z[0], landscape(1, domains=5).logits(0, every(12)))


@pytest.mark.parametrize("k", [0, 3, 9])
def test_a_bit_moves_the_contributions_that_depend_on_it(k):
    """On average over bits K + 1 of N contributions change when one bit is flipped, each within (-1, 1)/N."""
    n = 10
    land = landscape(n=n, k=k, mean=0.0, sd=1.0)
    z = land.logits(0, every(n))
    step = np.abs(z - z[every(n) ^ 1])
    assert 0 < step.max() < n / (n / math.sqrt(12 * n)) and (k > 0 or len(np.unique(step.round(9))) == 1)


def test_k_0_is_a_sum_over_bits():
    z = landscape(n=8, k=0).logits(0, every(8))
    flips = [z[1 << bit] - z[0] for bit in range(8)]
    together = sum(np.where(every(8) >> bit & 1, flips[bit], 0.0) for bit in range(8))
    assert np.allclose(z, z[0] + together, atol=1e-12)


def test_sd_0_is_flat():
    assert set(landscape(sd=0.0).logits(0, every(12))) == {BASE.mean}


class TestRedraws:
    def test_never(self):
        land = landscape(redraw_days=0)
        before = land.logits(0, every(12))
        assert not land.advance(1e6)
        assert np.array_equal(before, land.logits(0, every(12)))

    def test_advance_names_the_domains_that_moved(self):
        land = landscape(domains=3)
        for day in range(60):
            before = [land.logits(d, every(12)) for d in range(3)]
            moved = land.advance(day)
            assert moved == [d for d in range(3) if not np.array_equal(before[d], land.logits(d, every(12)))]

    def test_only_contributions_of_one_bit_change(self):
        """At K = 0 a redraw moves all positions that share a bit by the same amount."""
        land = landscape(n=8, k=0, redraw_days=1.0)
        day, before = 0.0, land.logits(0, every(8))
        while 0 not in land.advance(day):
            day += 0.01
        change = land.logits(0, every(8)) - before
        assert len(np.unique(change.round(9))) == 2

    def test_the_world_does_not_depend_on_when_it_is_asked(self):
        often, once = landscape(), landscape()
        seen = []
        for day in np.arange(0, 300, 0.7):
            often.advance(day)
            seen.append(often.logits(1, every(12)))
        once.advance(day)
        assert np.array_equal(seen[-1], once.logits(1, every(12)))
        for i in (0, 50, 200, 400):  # the past stays as it was
            assert np.array_equal(seen[i], once.logits(1, every(12), i * 0.7))
        fresh = landscape()
        assert np.array_equal(fresh.logits(1, every(12), day), seen[-1])
        assert np.array_equal(fresh.logits(1, every(12)), seen[0])
