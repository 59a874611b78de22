"""M12: what developers can do next, and the lotteries that they believe it to be."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sim.developers.choice import Chooser
from sim.developers.figures import own_figures, public_figures
from sim.developers.options import EXIT, PROJECTS, SHELVE, WAIT
from sim.developers.outlook import expected_maximum, lottery, outlook
from sim.developers.plans import Built, check, projects, submissions
from sim.developers.prices import next_price, next_slots
from sim.errors import InputError
from sim.trust.slashing import payout
from tests.configs import config
from tests.developers import option, own, public, settings

BUILT = Built("refine", 2.0, 0.63, 0.04)
NAN = math.nan
RATE = st.floats(0.01, 0.99)
ECONOMY = ("governance=default", "developers=expected_utility")


def by_kind(options):
    return {str(o["kind"]): o for o in options}


def feasible(options):
    return set(options["kind"][options["feasible"]])


def submitted(options, **wanted):
    return next(o for o in options if all(o[key] == value for key, value in wanted.items()))


def looked(who, view):
    known, beliefs = public_figures(view)[who.domain], who.beliefs
    return outlook(own_figures(who)[0], known, beliefs.revenue, beliefs.ejection)


def believed(who, view, *about):
    """(chances, payoffs) of a submission: mean, sd, borrowed, required, stake, spent."""
    row = option((), ())
    lottery(row[0], looked(who, view), *about)
    return row["chances"][0], row["payoffs"][0]


class TestProjects:
    def test_every_kind_once_and_data_once_a_plan(self):
        kinds = projects(own(), public())["kind"].tolist()
        assert kinds == [*PROJECTS[:-1], *["data"] * len(settings().data.plans), WAIT, EXIT]

    def test_nothing_without_what_it_takes(self):
        newcomer = own(rate=NAN, rate_sd=NAN, admitted=False, revenue=0.0, idea=NAN)
        nobody = public(leader=(NAN,) * 3, rate=(NAN,) * 3, revenue=(NAN,) * 3, ejections=NAN)
        assert feasible(projects(newcomer, nobody)) == {WAIT, EXIT}
        assert feasible(projects(newcomer, public())) == {"fork", WAIT, EXIT}
        newcomer.idea = 0.5
        assert feasible(projects(newcomer, nobody)) == {"experiment", WAIT, EXIT}
        without = feasible(projects(own(idea=NAN), public()))
        assert without == {*PROJECTS, WAIT, EXIT} - {"experiment"}

    @given(RATE, st.floats(0, 0.3), st.floats(0, 1e6), st.booleans(), st.floats(0, 1e4), st.floats(0, 1))
    @hypothesis_settings(max_examples=80)
    def test_lotteries(self, rate, sd, wealth, admitted, revenue, idea):
        who = own(rate=rate, rate_sd=sd, wealth=wealth, admitted=admitted, revenue=revenue, idea=idea)
        for found in (projects(who, public()), submissions(who, public(), BUILT)):
            assert found["feasible"].all() and np.isfinite(found["payoffs"]).all() and (found["span"] > 0).all()
            np.testing.assert_allclose(found["chances"].sum(axis=1), 1.0, atol=1e-9)
            assert found["chances"].min() >= -1e-12

    def test_a_sure_stake_is_only_taken_where_it_can_be_paid(self):
        assert by_kind(projects(own(wealth=1e6), public()))["refine"]["stake"] == settings().stake.s0
        assert by_kind(projects(own(wealth=0.0, revenue=0.0), public()))["refine"]["stake"] == 0.0

    def test_length_and_cost(self):
        c, who = settings(), own(speed=1.5, cost=2.0)
        found = projects(who, public())
        refine, data = by_kind(found)["refine"], found[(found["kind"] == "data") & (found["plan"] == 1)][0]
        assert refine["days"] == 1.5 * c.projects.refine.days
        entries = c.data.plans[1].entries / c.data.entries_a_day
        assert data["days"] == 1.5 * max(entries, c.projects.data.days)
        assert refine["cost"] == 2.0 * c.projects.refine.cost * refine["days"]

    def test_where_a_project_starts(self):
        found = by_kind(projects(own(), public()))
        assert found["fork"][["base", "base_sd"]].item() == (0.7, 0.0)
        assert found["refine"][["base", "base_sd"]].item() == (0.63, 0.04)
        newcomer = own(rate=NAN, rate_sd=NAN, admitted=False)
        assert by_kind(projects(newcomer, public()))["experiment"]["base"] == 0.62

    def test_a_farther_idea_starts_rawer(self):
        near, far = (by_kind(projects(own(idea=d), public()))["experiment"] for d in (0.1, 0.9))
        assert near["chances"][:3].sum() > far["chances"][:3].sum()


class TestOutlook:
    """An independent calculation: the same lottery by drawing builds."""

    @pytest.mark.parametrize("admitted", [True, False])
    def test_against_draws(self, admitted):
        c = config(*ECONOMY, developers__beliefs__elasticity=1.0)
        who, view = own(c, admitted=admitted, revenue=110.0 if admitted else 0.0), public(c)
        mean, sd, required, horizon = 0.64, 0.05, 0.6, c.developers.horizon_days
        chances, payoffs = believed(who, view, mean, sd, 0.0, required, 1000.0, 150.0)
        rng, n = np.random.default_rng(5), 400_000
        x, leaves = rng.normal(mean, sd, n), rng.exponential(1 / who.beliefs.ejection, n)
        level, reference = (110.0, who.rate) if admitted else (100.0, view.rate[0])
        better = x > max(required, who.rate if admitted else 0.0)
        rise = level * x / reference - who.revenue
        kept, ejected = better & (leaves > horizon), better & (leaves <= horizon)
        gap = c.governance.strictness - c.governance.sandbox_strictness
        shares = [kept.mean(), ejected.mean(), ((x > required) & ~better).mean(),
                  ((x <= required) & (x > required - gap)).mean(), (x <= required - gap).mean()]  # fmt: skip
        assert np.allclose(chances, shares, atol=4 * 0.5 / math.sqrt(n))
        assert payoffs[0] == pytest.approx((rise[better] * horizon).mean() - 150, rel=0.01)
        lost = c.developers.esteem + 0.2 * 1000 + 150
        stay = leaves[leaves <= horizon].mean()
        assert payoffs[1] + lost == pytest.approx(rise[better].mean() * stay, rel=0.02)
        assert payoffs[4] == -150 - c.developers.esteem

    @pytest.mark.parametrize("rate", [1e-300, 1e-9, 0.1])
    def test_no_belief_about_revenue_is_without_bound(self, rate):
        """Where hardly anything is answered well, and revenue is believed to rise with the 100th power of the rate."""
        c = config(*ECONOMY, developers__beliefs__elasticity=100.0)
        view = public(c, rate=(rate,) * 3)
        _, payoffs = believed(own(c, admitted=False, revenue=0.0), view, 0.64, 0.05, 0.0, 0.6, 1000.0, 150.0)
        assert np.isfinite(payoffs).all()
        assert payoffs[0] == 1e6 * c.developers.beliefs.revenue * c.developers.horizon_days - 150.0

    def test_where_nobody_hears_or_minds_a_failure_costs_no_esteem(self):
        minded, free, silent = (
            believed(own(c), public(c), 0.6, 0.05, 0.0, 0.6, 1000.0, 150.0)[1]
            for c in (config(*ECONOMY, developers__esteem=esteem, gauntlet__disclosure=told)
                      for esteem, told in ((100.0, "rule"), (0.0, "rule"), (100.0, "none")))
        )  # fmt: skip
        assert np.array_equal(free, silent) and (minded - free).tolist() == [0.0, -100.0, 0.0, 0.0, -100.0]

    def test_revenue_that_does_not_follow_the_rate_is_the_same_at_every_rate(self):
        c = config(*ECONOMY, developers__beliefs__elasticity=0.0)
        kept = [believed(own(c, admitted=False, revenue=0.0), public(c), rate, 0.05, 0.0, 0.6, 0.0, 0.0)[1][0]
                for rate in (0.62, 0.9)]  # fmt: skip
        assert kept == [c.developers.beliefs.revenue * c.developers.horizon_days] * 2

    @pytest.mark.parametrize(("n", "theory"), [(0, 0), (1, 0), (2, math.pi**-0.5), (3, 1.5 * math.pi**-0.5)])
    def test_expected_maximum(self, n, theory):
        assert expected_maximum(n) == pytest.approx(theory, abs=1e-9)

    def test_amnesty_and_silence(self):
        c = config(*ECONOMY, governance__amnesty=1, gauntlet__disclosure="none",
                   stake__exposure=["ejection", "rejection"])  # fmt: skip
        payoffs = [believed(own(c, failures=n), public(c), 0.6, 0.05, 0.0, 0.6, 1000.0, 150.0)[1] for n in (0, 1)]
        assert payoffs[0][4] == 0.0 and payoffs[1][4] == -150.0 - 200.0
        assert payoffs[0][1] == pytest.approx(payoffs[1][1] + 200.0)

    def test_grant(self):
        assert looked(own(grant=1.0), public()).fee == 0.0


class TestSubmissions:
    def test_every_plan_and_shelving(self):
        about, found = settings().developers, submissions(own(), public(), BUILT)
        plans = len(about.stakes) * len(about.rehearsals) * len(about.cleanup.hours) * len(about.cleanup.study)
        assert len(found) == plans + 1 and found["kind"][0] == SHELVE
        assert found["slot"].tolist() == list(range(plans + 1))

    def test_stake_rehearsals_and_cleanup_help_admission(self):
        found = submissions(own(), public(), BUILT)
        least = dict(stake=0.0, rehearsals=0, cleanup=0.0, study=0.0)
        chance = submitted(found[1:], **least)["chances"][:3].sum()
        for key, value in dict(stake=2000.0, rehearsals=5, cleanup=24.0).items():
            better = submitted(found[1:], **least | {key: value})
            assert better["chances"][:3].sum() > chance
        days = submitted(found[1:], **least | {"cleanup": 24.0})["days"]
        assert days == pytest.approx(3.0 + 1.0 + settings().gauntlet.days)

    def test_study_lifts_admission_and_not_revenue(self):
        c = config(*ECONOMY, developers__cleanup__study=[0, 40])
        who = own(c, admitted=False, revenue=0.0)
        plain, studied = (submitted(submissions(who, public(c), BUILT)[1:], study=h, cleanup=0.0) for h in (0.0, 40.0))
        assert studied["chances"][:3].sum() > plain["chances"][:3].sum()
        assert studied["payoffs"][0] < plain["payoffs"][0]

    def test_off(self):
        """Nothing known in advance, lasting cleanup of no effect and no luck: preparing only costs."""
        c = config(*ECONOMY, gauntlet__known=0.0, projects__harden__belief=0.0,
                   developers__cleanup__study=[0, 40])  # fmt: skip
        found = submissions(own(c), public(c), BUILT)[1:]
        found = found["chances"][(found["rehearsals"] == 0) & (found["stake"] == 0)]
        assert len(found) > 1 and (found == found[0]).all()

    def test_too_many_plans(self):
        check(settings())
        many = config(developers__stakes=[0.1 * i for i in range(30)])
        with pytest.raises(InputError, match="are 270 plans; allowed are 63"):
            check(many)


class TestPrices:
    def test_price_follows_demand_and_zero_is_off(self):
        assert next_price(2.0, 10, 5, 0.1) == pytest.approx(2.2) and next_price(2.0, 1, 5, 0.1) == pytest.approx(1.8)
        assert next_price(2.0, 5, 5, 0.1) == next_price(2.0, 9, 5, 0.0) == next_price(2.0, 1, 5, 0.0) == 2.0

    def test_slots(self):
        assert next_slots(4, 2, 9.0, False) == 4
        assert next_slots(4, 2, 9.0, True) == 5 and next_slots(12, 2, 9.0, True) == 12
        assert next_slots(3, 2, 0.0, True) == 2 == next_slots(2, 2, 0.0, True)


class TestTheLimitOfAttempts:
    """Who may not submit for ``barred`` days does not expect to."""

    @staticmethod
    def sure_loss(o, spent):
        return o["chances"].tolist() == [0, 0, 0, 0, 1] and o["payoffs"][4] == -spent

    def test_a_project_that_ends_before_it_costs_what_it_costs(self):
        free, barred = (projects(own(barred=days), public()) for days in (0.0, 5.0))
        early = free["days"] < 5.0
        assert early[free["feasible"]].any() and not early[free["feasible"]].all()
        for before, after in zip(free[:-2], barred[:-2], strict=True):
            lost = before["days"] < 5.0
            assert self.sure_loss(after, after["cost"]) if lost else np.array_equal(before, after)
        assert np.array_equal(free[-2:], barred[-2:])

    def test_a_build_is_not_rehearsed_for_a_door_that_is_shut(self):
        free, barred = (submissions(own(barred=days), public(), BUILT) for days in (0.0, 1.0))
        queue = public().wait_days + settings().gauntlet.days
        fee = settings().gauntlet.fee
        lost = (free["days"] - queue < 1.0) & (free["kind"] != SHELVE)
        assert 0 < lost.sum() < len(lost) - 1
        assert np.array_equal(free[~lost], barred[~lost])
        assert all(self.sure_loss(o, o["cost"] - fee) for o in barred[lost])

    @pytest.mark.parametrize("policy", ["expected_utility", "prospect", "manso"])
    def test_who_looks_ahead_neither_builds_nor_submits_in_vain(self, policy):
        c = config("governance=default", f"developers={policy}", developers__noise=0.0)
        view, shut = public(c), {"barred": 1e3, "wealth": 5e4}
        chooser = Chooser(1, 0, policy)
        assert chooser.project(own(c, **shut), view).option.kind in (WAIT, EXIT)
        assert chooser.submission(own(c, **shut), view, BUILT).option.kind == SHELVE


class TestNumerai:
    """Under numerai a stake grows with what is better than the mean, and shrinks with what is worse."""

    ROUNDS = (*ECONOMY, "stake.slashing=numerai")

    @staticmethod
    def extra(rate, stake, c, rated=0.62):
        """What rounds add to the payoff of a model surely of ``rate`` that is kept, and replaces nothing."""
        who, view = own(c, admitted=False, revenue=0.0), public(c, rated=rated)
        staked, free = (believed(who, view, rate, 1e-6, 0.0, 0.5, held, 0.0)[1][0] for held in (stake, 0.0))
        return staked - free

    @pytest.mark.parametrize("rate", [0.55, 0.6, 0.62, 0.63, 0.9])
    def test_it_is_what_the_rule_pays_round_by_round(self, rate):
        c = config(*self.ROUNDS)
        held = np.array([10**12, 10**12])
        for _ in range(int(c.developers.horizon_days)):
            paid = payout(c.stake, held, np.array([rate, 0.62 - (rate - 0.62)]), np.array([True, True]))
            held = held + np.array([paid[0], 0])
        assert self.extra(rate, 1000.0, c) == pytest.approx(1000.0 * (held[0] / 1e12 - 1), rel=1e-6, abs=1e-6)

    def test_no_more_burns_than_there_is(self):
        burned = self.extra(0.55, 1000.0, config(*self.ROUNDS, stake__clip=1.0, developers__horizon_days=1000.0))
        assert burned == pytest.approx(-1000.0)

    def test_with_nobody_admitted_there_is_no_mean_to_be_measured_by(self):
        assert self.extra(0.7, 1000.0, config(*self.ROUNDS), rated=NAN) == 0.0

    @pytest.mark.parametrize(("rate", "most"), [(0.75, True), (0.55, False)])
    def test_who_is_better_stakes_most_and_who_is_worse_least(self, rate, most):
        c = config(*self.ROUNDS, developers__noise=0.0, developers__endowment__risk_aversion=0.0)
        view = public(c, required=(0.5,) * 4, rated=0.65)
        built = Built("refine", 2.0, rate, 1e-3)
        plan = Chooser(1, 0, "expected_utility").submission(
            own(c, wealth=5e4, rate=0.5, admitted=False, revenue=0.0, risk_aversion=0.0), view, built
        )
        stakes = np.array(c.developers.stakes) * c.stake.s0
        assert plan.option.stake == (stakes.max() if most else stakes.min())
