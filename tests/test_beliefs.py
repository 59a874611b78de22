"""M12: what developers see, and how they learn from it. The laws are in tests/verification/test_choice.py."""

import math
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.developers.beliefs import PROJECTS, Beliefs, Learned
from sim.developers.views import Disclosed, Own, Public
from sim.models import LATENT
from tests.configs import config
from tests.developers import public, settings

PLAIN = st.floats(-1.0, 1.0)


class TestViews:
    def test_only_what_is_listed(self):
        assert {f.name for f in fields(Public)} == {
            "day", "settings", "required", "revenue", "rate", "leader", "ejections", "wait_days", "slash", "kinds"
        }  # fmt: skip
        assert {f.name for f in fields(Own)} == {
            "wealth", "running_cost", "hours", "domain", "risk_aversion", "speed", "cost", "rate", "rate_sd",
            "admitted", "revenue", "idea", "beliefs", "failures", "grant",
        }  # fmt: skip

    def test_nothing_latent(self):
        latent = {"position", "offset", "potential", "gap", "rawness", "spread", "hazard", "drift", "skill", "ability"}
        seen = {f.name for f in (*fields(Public), *fields(Own))} | set(Beliefs.__slots__)
        assert {"potential", "position", "spread"} < set(LATENT.names) and not seen & latent
        with pytest.raises(AttributeError):
            public().potential = 1.0


class TestLearned:
    def test_prior(self):
        learned = Learned(0.3, 10)
        assert (learned.mean, learned.weight) == (0.3, 1.0)

    @given(PLAIN, st.lists(PLAIN, min_size=1, max_size=20))
    def test_posterior_of_a_normal_mean(self, prior, outcomes):
        """Prior and outcomes of equal variance: the posterior mean is their plain mean."""
        learned = Learned(prior, 100)
        for x in outcomes:
            learned.own(x)
        assert learned.mean == pytest.approx(np.mean([prior, *outcomes]), abs=1e-12)
        assert learned.weight == len(outcomes) + 1

    @given(st.lists(st.tuples(st.booleans(), PLAIN, st.floats(0.0, 50.0)), max_size=40), st.floats(1.0, 30.0))
    def test_memory_bounds_the_weight_and_the_mean_stays_among_outcomes(self, outcomes, memory):
        learned = Learned(0.0, memory)
        for mine, x, weight in outcomes:
            (learned.own if mine else learned.other)(x, weight)
            assert learned.weight <= max(memory, 1.0) + 1e-9
            assert -1.0 - 1e-9 <= learned.mean <= 1.0 + 1e-9

    def test_own_outcomes_first(self):
        learned = Learned(0.0, 10)
        for _ in range(10):
            learned.own(1.0)
        learned.other(-1.0, 1000.0)
        assert learned.mean == 1.0

    def test_old_outcomes_are_forgotten(self):
        learned = Learned(0.0, 5)
        for x in [1.0] * 50 + [0.0] * 50:
            learned.own(x)
        assert learned.mean == pytest.approx(0.8**50)

    def test_no_weight_no_news(self):
        learned = Learned(0.2, 5)
        learned.other(9.0, 0.0)
        assert learned.mean == 0.2


class TestBeliefs:
    def test_priors_are_the_configuration(self):
        c, b = settings(), Beliefs(settings())
        for kind in PROJECTS:
            about = getattr(c.projects, kind)
            plan = 0 if kind == "data" else -1
            assert (b.gain(kind, plan), b.doubt(kind, plan)) == (about.belief, pytest.approx(about.doubt))
        assert (b.revenue.mean, b.ejection.mean) == (c.developers.beliefs.revenue, c.developers.beliefs.ejection)

    def test_doubt_falls_to_luck(self):
        b = Beliefs(config(developers__beliefs__memory=1e6))
        for _ in range(10_000):
            b.observe_own("refine", 0.02)
        assert b.doubt("refine") == pytest.approx(b.luck("refine"), rel=1e-4)
        assert b.doubt("fork") > b.luck("fork")

    def test_a_data_plan_teaches_about_itself(self):
        b = Beliefs(settings())
        b.observe_own("data", 0.5, plan=1)
        assert b.gain("data", 0) == settings().projects.data.belief < b.gain("data", 1)

    def test_untold_is_not_zero(self):
        b = Beliefs(settings())
        b.observe_own("fork", math.nan)
        b.observe_public("fork", math.nan, 5)
        assert b.outcomes("fork") == 1.0

    def test_public_outcomes_count_less_and_not_at_zero(self):
        gains = []
        for weight in (0.0, 0.1, 1.0):
            b = Beliefs(config(developers__beliefs__public=weight))
            b.observe_public("refine", 0.5, 4)
            gains.append(b.gain("refine"))
        assert gains[0] == settings().projects.refine.belief < gains[1] < gains[2]

    def test_reading_twice_learns_once(self):
        """What has been disclosed is cumulative: only what is new counts, at its own mean."""
        b, together = Beliefs(settings()), Beliefs(settings())
        quiet = dict(revenue=(math.nan,) * 3, ejections=math.nan)
        first = public(kinds={"harden": Disclosed(4, 0.02, 0.5)}, **quiet)
        for view in (first, first, public(kinds={"harden": Disclosed(10, 0.05, 0.5)}, **quiet)):
            b.read(view, 0)
        together.observe_public("harden", 0.05, 10)
        assert b.gain("harden") == pytest.approx(together.gain("harden"))
        assert (b.revenue.weight, b.ejection.weight) == (1.0, 1.0)

    def test_ejections(self):
        b = Beliefs(config(developers__beliefs__memory=1e6))
        for _ in range(2000):
            b.observe_admitted(days=300.0, ejections=3)
        assert b.ejection.mean == pytest.approx(0.01, rel=1e-3)

    @given(st.sampled_from(PROJECTS), st.floats(-1e4, 1e4))
    def test_reinforcement_shares_out_the_reward(self, kind, payoff):
        b, phi = Beliefs(settings()), 0.1
        before = sum(b.propensities.values())
        b.reinforce(kind, payoff, phi, 0.2)
        assert sum(b.propensities.values()) == pytest.approx((1 - phi) * before + max(payoff, 0.0))
        assert b.propensities[kind] == max(b.propensities.values())
