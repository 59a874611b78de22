"""M8: how stake enters admission. The statistical forms of these laws are in tests/verification."""


import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from sim.config import StakeWeighted
from sim.config.stake import Delegation
from sim.economy.ledger import credits, micro
from sim.router.allocation import weights
from sim.status import Status
from sim.trust.delegation import delegate
from sim.trust.evidence import Evidence as Record
from sim.trust.stake import RULES, admission_confidence, effective, required_rate, routed, routing
from tests.audits import evidence_config, window
from tests.configs import config
from tests.stakes import posterior, raised, stake_config

STAKES = np.array([0.0, 1.0, 400.0, 2000.0, 1e5])
EVIDENCE = evidence_config()


def trusted(stake, view=None, evidence=EVIDENCE, **changes):
    """Admission confidence at ``stake``, of models that are 12 of 20 unless ``view`` says otherwise."""
    view = view or posterior(np.full(len(stake), 13.0), 9.0, evidence)
    return admission_confidence(stake_config(**changes), raised(view, evidence), stake)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("bound", ["lower", "mean", "upper"])
def test_more_stake_never_hurts_and_confidence_stays_a_rate(rule, bound):
    found = trusted(STAKES, evidence=evidence_config(bound=bound), rule=rule)
    assert (np.diff(found) >= 0).all() and (found >= 0).all() and (found <= 1).all()


@pytest.mark.parametrize("rule", ["pseudo_count", "additive"])
def test_without_influence_stake_changes_no_bit(rule):
    view = posterior(np.full(5, 13.0), 9.0)
    assert np.array_equal(trusted(STAKES, view, rule=rule, sigma=0.0), view.confidence)


@pytest.mark.parametrize("rule", ["none", "weight"])
def test_rules_that_leave_admission_to_evidence(rule):
    view = posterior(np.full(5, 13.0), 9.0)
    assert np.array_equal(trusted(STAKES, view, rule=rule), view.confidence)


@pytest.mark.parametrize("bound", ["lower", "mean", "upper"])
def test_a_pseudo_count_is_worth_as_many_good_outcomes(bound):
    """σ·n_c·(S/S0)^η = .5·40·(500/2000)^.5 = 10 good outcomes in the prior."""
    evidence = evidence_config(bound=bound)
    found = trusted([500.0], evidence=evidence)
    assert found == pytest.approx(posterior([13 + 10], [9], evidence).confidence, rel=1e-12)
    record = Record(evidence, 1)
    record.update(window(1, AUDITED_GOOD=[12 + 10], AUDITED_LOST=[8]), 1.0)
    assert found == pytest.approx(record.confidence, rel=1e-12)


def test_a_pseudo_count_is_full_at_s0():
    assert len(set(trusted([2000.0, 2001.0, 1e9]))) == 1


def test_evidence_drowns_a_pseudo_count_but_no_addition():
    n = np.array([10.0, 1e3, 1e5])
    view = posterior(1 + 0.4 * n, 1 + 0.6 * n)
    lift = {rule: trusted(np.full(3, 2000.0), view, rule=rule) - view.confidence for rule in RULES}
    assert (np.diff(lift["pseudo_count"]) < 0).all() and lift["pseudo_count"][-1] < 2e-4
    assert lift["additive"][-1] == pytest.approx(0.5 * 0.5 - 0.5 * view.confidence[-1])


def test_an_addition_raises_the_bar_for_those_without_stake():
    """θ is reached without stake only where C >= θ/(1-σ): .6 in place of .3."""
    view = posterior([13.0], [9.0])
    assert trusted([0.0], view, rule="additive") == pytest.approx(0.5 * view.confidence)
    assert trusted([2000.0], view, rule="additive") == pytest.approx(0.5 * view.confidence + 0.25)
    assert trusted([1e9], view, rule="additive", sigma=1.0) == pytest.approx(1.0, abs=1e-5)


def test_a_gate_opens_at_the_bond():
    view = posterior(np.full(3, 13.0), 9.0)
    found = trusted([499.99, 500.0, 1e9], view, rule="gate")
    assert found[0] == 0 and np.array_equal(found[1:], view.confidence[1:])


class TestEffectiveStake:
    OWNER = np.array([0, 0, 1, -1])
    OWN = np.array([300.0, 100.0, 150.0, 0.0])

    def test_without_limits_it_is_the_stake(self):
        assert np.array_equal(effective(stake_config(), self.OWN, self.OWNER), self.OWN)

    def test_a_cap_scales_a_developer_down_in_proportion(self):
        assert effective(stake_config(cap=200.0), self.OWN, self.OWNER).tolist() == [150, 50, 150, 0]

    def test_the_root_comes_after_the_cap_and_delegated_stake_after_both(self):
        settings = stake_config(cap=200.0, quadratic=True, s0=600.0)
        found = effective(settings, self.OWN, self.OWNER, np.array([7.0, 0.0, 0.0, 0.0]))
        assert found == pytest.approx([300 + 7, np.sqrt(50 * 600), 300, 0])

    @given(st.lists(st.floats(0, 1e9), min_size=1, max_size=20), st.floats(1e-3, 1e9))
    def test_nobody_counts_for_more_than_the_cap(self, own, cap):
        owner = np.arange(len(own)) % 3
        found = effective(stake_config(cap=cap), own, owner)
        assert (np.bincount(owner, found) <= cap * (1 + 1e-12)).all() and (found <= own).all()


def pseudo_counts(settings, stake, identities):
    """Good outcomes that ``stake`` buys in all when it is split over as many developers."""
    each = effective(settings, np.full(identities, stake / identities), np.arange(identities))
    bought = []
    RULES["pseudo_count"](lambda good: bought.append(good), each, settings)
    return float(np.sum(bought))


class TestSplitting:
    """What a purse buys when it is split over identities, in pseudo-counts summed over them."""

    @given(st.integers(1, 50), st.floats(0, 2000))
    def test_at_eta_one_it_neither_pays_nor_costs_below_s0(self, n, stake):
        settings = stake_config(eta=1.0)
        assert pseudo_counts(settings, stake, n) == pytest.approx(pseudo_counts(settings, stake, 1), rel=1e-9)

    @pytest.mark.parametrize("eta", [0.25, 0.5, 2.0])
    def test_it_multiplies_by_the_power_1_minus_eta(self, eta):
        settings = stake_config(eta=eta)
        assert pseudo_counts(settings, 1500.0, 9) == pytest.approx(9 ** (1 - eta) * pseudo_counts(settings, 1500.0, 1))

    def test_above_s0_it_pays_even_at_eta_one(self):
        settings = stake_config(eta=1.0)
        assert pseudo_counts(settings, 8000.0, 4) == pytest.approx(4 * pseudo_counts(settings, 8000.0, 1))

    def test_under_a_cap_each_name_has_its_own(self):
        settings = stake_config(eta=1.0, cap=100.0)
        assert pseudo_counts(settings, 400.0, 4) == pytest.approx(4 * pseudo_counts(settings, 400.0, 1))

    def test_the_root_halves_the_exponent(self):
        settings = stake_config(eta=1.0, quadratic=True)
        assert pseudo_counts(settings, 1500.0, 9) == pytest.approx(3 * pseudo_counts(settings, 1500.0, 1))


class TestRequiredRate:
    @given(
        rule=st.sampled_from(list(RULES)),
        bound=st.sampled_from(["lower", "mean", "upper"]),
        strictness=st.floats(0.0, 1.0),
        n=st.floats(1, 500),
        d=st.floats(1, 4),
        sigma=st.floats(0, 1),
        limits=st.sampled_from([{}, {"cap": 300.0}, {"quadratic": True}, {"cap": 300.0, "quadratic": True}]),
    )
    def test_admission_confidence_there_is_the_strictness(self, rule, bound, strictness, n, d, sigma, limits):
        evidence, settings = evidence_config(bound=bound), stake_config(rule, sigma=sigma, **limits)
        found = required_rate(settings, evidence, n, d, strictness, STAKES)
        total = evidence.prior_good + evidence.prior_bad + n / d
        least, most = evidence.prior_good / total, (evidence.prior_good + n / d) / total
        counted = effective(settings, STAKES, np.arange(5))

        def reached(mean):
            view = posterior(mean * total, (1 - mean) * total, evidence)
            return admission_confidence(settings, raised(view, evidence), counted)

        hopeless, needless = np.isinf(found), np.isclose(found, least, rtol=1e-9)
        assert (reached(np.full(5, most))[hopeless] < strictness + 1e-9).all()
        assert (reached(np.full(5, least))[needless] > strictness - 1e-6).all()
        between = ~hopeless & ~needless
        mean = np.where(between, found, 0.5)
        assert reached(mean)[between] == pytest.approx(np.full(between.sum(), strictness), abs=1e-6)
        assert ((least <= found) & (found <= most + 1e-12) | hopeless).all()
        assert (found[:-1] >= found[1:] - 1e-9).all()  # more stake never raises it

    def test_without_stake_it_is_the_quantile_of_the_posterior(self):
        found = required_rate(stake_config("none"), EVIDENCE, 60.0, 1.0, 0.58, 1e9)
        assert isinstance(found, float)
        assert beta.ppf(EVIDENCE.quantile, found * 62, (1 - found) * 62) == pytest.approx(0.58, abs=1e-9)

    def test_a_locked_gate_lets_nobody_through(self):
        found = required_rate(stake_config("gate"), EVIDENCE, 60.0, 1.0, 0.58, [499.0, 500.0])
        assert found[0] == np.inf and found[1] < 1

    def test_where_stake_is_enough_no_good_outcome_is_needed(self):
        found = required_rate(stake_config("additive", sigma=1.0), EVIDENCE, 60.0, 1.0, 0.58, [0.0, 1e5])
        assert found[0] == np.inf and found[1] == pytest.approx(1 / 62)


class TestWhatTheRouterWeighs:
    def test_confidence_unless_the_switch_says_admission_confidence(self):
        view, admission = posterior([13.0], [9.0]), np.array([0.9])
        assert routed(stake_config(), view, admission) is view
        assert routed(stake_config(routed="admission_confidence"), view, admission).confidence == 0.9

    def test_only_weight_changes_the_allocation(self):
        router = config().router
        for rule in RULES:
            assert (routing(stake_config(rule), router) is router) == (rule != "weight")

    def test_weight_is_c_to_the_alpha_times_one_plus_stake_to_the_beta(self):
        settings = stake_config("weight", alpha=3.0, beta=2.0, s0=100.0)
        router = routing(settings, config().router)
        assert router.stake_weighted == StakeWeighted(3.0, 2.0, 100.0)
        view = posterior([13.0, 9.0], [9.0, 9.0])
        catalogue = type("Catalogue", (), {"stake": np.array([0.0, 300.0]), "__len__": lambda self: 2})()
        exact = view.confidence**3 * np.array([1.0, 4.0]) ** 2
        assert weights(router.allocation, view, catalogue, router) == pytest.approx(exact / exact.sum())


class TestDelegation:
    CONFIDENCE = np.array([0.8, 0.4, 0.9, 0.2])
    STATUS = np.array([Status.ADMITTED, Status.SANDBOX, Status.EJECTED, Status.ADMITTED])

    def delegated(self, **changes):
        return credits(delegate(_delegation(**changes), micro(700), self.CONFIDENCE, self.STATUS))

    def test_the_supply_follows_confidence_where_there_may_be_traffic(self):
        assert self.delegated(exponent=1.0) == pytest.approx([400, 200, 0, 100])
        assert self.delegated(exponent=0.0) == pytest.approx([700 / 3, 700 / 3, 0, 700 / 3], abs=1e-6)

    def test_limits(self):
        assert self.delegated(exponent=100.0) == pytest.approx([700, 0, 0, 0])
        assert not self.delegated(supply=0.0).any()
        assert not delegate(_delegation(), micro(700), self.CONFIDENCE, np.full(4, Status.REJECTED)).any()
        assert credits(delegate(_delegation(), micro(700), np.zeros(2), self.STATUS[:2])).tolist() == [350, 350]

    @given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(0, 10**15), st.floats(0, 100))
    def test_all_that_slashing_left_of_the_supply_is_placed(self, seen, held, exponent):
        about, status = _delegation(supply=7e8, exponent=exponent), np.full(len(seen), Status.ADMITTED)
        put = delegate(about, held, np.array(seen), status)
        assert put.min() >= 0 and put.sum() == min(held, micro(7e8))


def _delegation(**changes):
    return Delegation(**dict(supply=700.0, exponent=1.0, cut=0.1) | changes)
