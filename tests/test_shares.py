"""M10: from weights to shares of a domain's traffic: floors, slow start, the cap on a developer."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.router.shares import cap_developers, slow_start, traffic_weights
from sim.status import Status
from tests.worlds import PUBLIC, router, world


class TestShares:
    def share(self, seed=1, n=12, status=Status.ADMITTED, day=0.0, **changes):
        evidence, catalogue = world(seed, n)
        status = np.broadcast_to(status, n)
        return catalogue, traffic_weights(evidence, catalogue, status, router(**changes), day)

    @given(st.integers(0, 2**32), st.sampled_from(PUBLIC), st.floats(0.05, 1.0), st.floats(0.0, 1.0))
    @settings(max_examples=100)
    def test_shares_sum_to_one_in_each_domain_and_floors_hold(self, seed, rule, cap, floor):
        status = np.random.default_rng(seed).integers(0, 4, 12)
        status[:2] = Status.HOUSE
        catalogue, share = self.share(seed, status=status, allocation=rule, share_cap=cap, sandbox_share=floor)
        assert (share >= 0).all() and share[status == Status.EJECTED].sum() == 0
        for domain in (0, 1):
            here = catalogue.domain == domain
            sandbox, admitted, house = (here & (status == s) for s in (Status.SANDBOX, Status.ADMITTED, Status.HOUSE))
            ε = floor if sandbox.any() else 0.0
            assert share[here].sum() == pytest.approx(1.0)
            assert np.allclose(share[sandbox], ε / max(sandbox.sum(), 1))
            assert share[house].sum() == pytest.approx(0.0 if admitted.any() else 1.0 - ε)

    def test_without_a_house_the_sandbox_serves_a_domain_where_nobody_is_admitted(self):
        _, share = self.share(status=Status.SANDBOX, sandbox_share=0.05)
        assert np.allclose(share, 1 / 6)

    def test_a_domain_that_nobody_serves_is_an_error(self):
        with pytest.raises(ValueError, match="domain 0 has neither"):
            self.share(status=Status.EJECTED)

    def test_slow_start_is_envoys(self):
        age = np.array([-1.0, 0.0, 0.5, 1.0, 5.0, 9.0])
        assert slow_start(age, 5.0, 0.1).tolist() == [0.1, 0.1, 0.1, 0.2, 1.0, 1.0]
        assert slow_start(np.array([0.0]), 0.0, 0.1).tolist() == [1.0]
        _, catalogue = world(1, 12)
        age = 0.0 - catalogue.admitted_day
        _, share = self.share(allocation="uniform", slow_start_days=20.0)
        w = np.maximum(0.1, age / 20.0) * (catalogue.domain == 0)
        assert np.allclose(share[catalogue.domain == 0], (w / w.sum())[catalogue.domain == 0])

    def test_who_are_admitted_together_share_though_slow_start_begins_with_nothing(self):
        catalogue, share = self.share(allocation="uniform", slow_start_days=20.0, slow_start_min=0.0, day=-1e3)
        assert np.allclose(share[catalogue.domain == 0], 1 / (catalogue.domain == 0).sum())


class TestCap:
    @given(st.integers(0, 2**32), st.integers(1, 20), st.integers(1, 8), st.floats(0.01, 1.0))
    @settings(max_examples=200)
    def test_nobody_is_above_the_cap_and_nobody_below_it_loses(self, seed, n, developers, cap):
        rng = np.random.default_rng(seed)
        share, developer = rng.dirichlet(np.full(n, 0.3)), rng.integers(0, developers, n)
        after = cap_developers(share, developer, cap)
        held, had = np.bincount(developer, after), np.bincount(developer, share)
        least = 1.0 / len(np.unique(developer))
        assert after.sum() == pytest.approx(1.0) and (after >= 0).all()
        assert (held <= max(cap, least) * (1 + 1e-9)).all()
        below = held < max(cap, least) * (1 - 1e-9)
        assert (held[below] >= had[below] * (1 - 1e-9)).all()

    def test_water_filling(self):
        """.6 is cut to .4, its .2 goes 3:1, and the proportion of the others stays."""
        after = cap_developers(np.array([0.4, 0.2, 0.3, 0.1]), np.array([7, 7, 1, 2]), 0.46)
        assert np.allclose(after, [0.46 * 2 / 3, 0.46 / 3, 0.54 * 3 / 4, 0.54 / 4])

    def test_the_excess_of_a_winner_who_takes_all_goes_to_the_others_evenly(self):
        after = cap_developers(np.array([0.0, 1.0, 0.0, 0.0]), np.array([0, 1, 2, 2]), 0.4)
        assert np.allclose(after, [0.3, 0.4, 0.15, 0.15])

    def test_a_cap_that_no_shares_can_meet_gives_developers_the_same(self):
        after = cap_developers(np.array([0.7, 0.2, 0.1]), np.array([0, 1, 1]), 0.3)
        assert np.allclose(after, [0.5, 1 / 3, 1 / 6])
