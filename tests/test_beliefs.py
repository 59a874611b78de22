"""M12: what developers see, and how they learn from it. The laws are in tests/verification/test_choice.py."""

import math
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sim.developers.beliefs import Beliefs, Hearsay
from sim.developers.options import PROJECTS
from sim.developers.views import Own, Public
from sim.models import LATENT
from tests.configs import config
from tests.developers import public, settings

PLAIN = st.floats(-1.0, 1.0)


class TestViews:
    def test_only_what_is_listed(self):
        assert {f.name for f in fields(Public)} == {
            "day", "settings", "required", "revenue", "rated", "rate", "leader", "ejections", "wait_days", "slash",
            "kinds", "heard",
        }  # fmt: skip
        assert {f.name for f in fields(Own)} == {
            "wealth", "running_cost", "hours", "domain", "risk_aversion", "speed", "cost", "rate", "rate_sd",
            "admitted", "revenue", "idea", "beliefs", "failures", "grant", "barred",
        }  # fmt: skip

    def test_nothing_latent(self):
        latent = {"position", "offset", "potential", "gap", "rawness", "spread", "hazard", "drift", "skill", "ability"}
        seen = {f.name for f in (*fields(Public), *fields(Own))} | set(Beliefs.__slots__)
        assert {"potential", "position", "spread"} < set(LATENT.names) and not seen & latent
        with pytest.raises(AttributeError):
            public().potential = 1.0


def beliefs(memory, prior=0.0, public=1.0):
    """Of one developer, with this ``prior`` about refining, and what everybody has heard."""
    about = {"developers__beliefs__memory": memory, "developers__beliefs__public": public}
    c = config(projects__refine__belief=prior, **about)
    return Beliefs(c), Hearsay(c)


def reads(b, hearsay, domain=0):
    b.read(public(heard=hearsay.table()), domain)


class TestLearning:
    @given(PLAIN, st.lists(PLAIN, min_size=1, max_size=20))
    @hypothesis_settings(max_examples=30)
    def test_posterior_of_a_normal_mean(self, prior, outcomes):
        """Prior and outcomes of equal variance: the posterior mean is their plain mean."""
        b, _ = beliefs(100, prior)
        for x in outcomes:
            b.observe_own("refine", x)
        assert b.gain("refine") == pytest.approx(np.mean([prior, *outcomes]), abs=1e-12)
        assert b.outcomes("refine") == len(outcomes) + 1

    @given(st.lists(st.tuples(st.booleans(), PLAIN), max_size=60), st.floats(1.0, 30.0))
    @hypothesis_settings(max_examples=30)
    def test_memory_bounds_the_weight_and_the_mean_stays_among_outcomes(self, outcomes, memory):
        b, hearsay = beliefs(memory)
        for mine, x in outcomes:
            (b.observe_own if mine else hearsay.outcome)("refine", x)
            reads(b, hearsay)
            assert b.outcomes("refine") <= memory + 1e-9
            assert -1.0 - 1e-9 <= b.gain("refine") <= 1.0 + 1e-9

    def test_own_outcomes_first(self):
        b, hearsay = beliefs(10)
        for _ in range(10):
            b.observe_own("refine", 1.0)
            hearsay.outcome("refine", -1.0)
        reads(b, hearsay)
        assert b.gain("refine") == 1.0

    def test_old_outcomes_are_forgotten(self):
        b, _ = beliefs(5)
        for x in [1.0] * 50 + [0.0] * 50:
            b.observe_own("refine", x)
        assert b.gain("refine") == pytest.approx(0.8**50)


class TestHearsay:
    """What is public counts once, however often anybody looks."""

    def test_reading_twice_learns_once(self):
        often, once = Beliefs(settings()), Beliefs(settings())
        hearsay = Hearsay(settings())
        for day in range(30):
            hearsay.outcome("refine", 0.2)
            hearsay.figures((50.0 + day,) * 3, 0.02, 1.0)
            reads(often, hearsay)
        reads(once, hearsay)
        assert (often.learned == once.learned).all()
        assert once.gain("refine") > settings().projects.refine.belief

    @given(st.floats(1.0, 500.0), st.floats(0.0, 0.2), st.integers(1, 20))
    @hypothesis_settings(max_examples=30)
    def test_a_day_of_a_public_figure_is_one_outcome_however_long_a_window_is(self, revenue, ejections, parts):
        found = []
        for n in (1, parts):
            b, hearsay = Beliefs(settings()), Hearsay(settings())
            for _ in range(n):
                hearsay.figures((revenue, math.nan, math.nan), ejections, 6.0 / n)
            reads(b, hearsay)
            found.append(b)
        about = settings().developers.beliefs
        for b in found:
            weight = 6.0 * about.public
            assert b.revenue == pytest.approx((about.revenue + weight * revenue) / (1.0 + weight))
            assert b.ejection == pytest.approx((about.ejection + weight * ejections) / (1.0 + weight))
        reads(b, hearsay, domain=1)
        assert b.revenue == about.revenue

    def test_they_count_less_and_not_at_zero(self):
        gains = []
        for weight in (0.0, 0.1, 1.0):
            b, hearsay = beliefs(30, 0.01, weight)
            for _ in range(4):
                hearsay.outcome("refine", 0.5)
            reads(b, hearsay)
            gains.append(b.gain("refine"))
        assert gains[0] == 0.01 < gains[1] < gains[2]

    def test_of_data_it_is_not_told_which_plan_it_was(self):
        b, hearsay = Beliefs(settings()), Hearsay(settings())
        hearsay.outcome("data", 0.5)
        reads(b, hearsay)
        assert b.gain("data", 0) == b.gain("data", 1) > settings().projects.data.belief


class TestBeliefs:
    def test_priors_are_the_configuration(self):
        c, b = settings(), Beliefs(settings())
        for kind in PROJECTS:
            about = getattr(c.projects, kind)
            plan = 0 if kind == "data" else -1
            assert (b.gain(kind, plan), b.doubt(kind, plan)) == (about.belief, pytest.approx(about.doubt))
        assert (b.revenue, b.ejection) == (c.developers.beliefs.revenue, c.developers.beliefs.ejection)

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
        b.observe_admitted(2.0, math.nan)
        assert b.revenue == settings().developers.beliefs.revenue
        assert b.outcomes("fork") == 1.0

    def test_a_day_of_revenue_is_one_outcome(self):
        short, long = (Beliefs(config(developers__beliefs__memory=1e6)) for _ in range(2))
        for _ in range(6):
            short.observe_admitted(days=0.5, revenue=40.0)
        long.observe_admitted(days=3.0, revenue=40.0)
        about = settings().developers.beliefs
        assert short.revenue == pytest.approx(long.revenue) == pytest.approx((about.revenue + 3 * 40.0) / 4)
        assert short.ejection == pytest.approx(long.ejection) and long.ejection < about.ejection

    def test_ejections(self):
        b = Beliefs(config(developers__beliefs__memory=1e6))
        for _ in range(2000):
            b.observe_admitted(days=300.0, revenue=math.nan, ejections=3)
        assert b.ejection == pytest.approx(0.01, rel=1e-3)

    @given(st.sampled_from(PROJECTS), st.floats(-1e4, 1e4))
    def test_reinforcement_shares_out_the_reward(self, kind, payoff):
        b, phi = Beliefs(settings()), 0.1
        before = sum(b.propensities.values())
        b.reinforce(kind, payoff, phi, 0.2)
        assert sum(b.propensities.values()) == pytest.approx((1 - phi) * before + max(payoff, 0.0))
        assert b.propensities[kind] == max(b.propensities.values())
