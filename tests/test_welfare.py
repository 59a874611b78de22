"""Welfare counts every transfer twice, with opposite signs; and each knob at zero is off."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.economy import settlement
from sim.economy.ledger import BURNED, COSTAKERS, MICRO, OUTSIDE, TREASURY, USERS, Ledger, micro, since
from sim.economy.welfare import hours, incidence, welfare
from sim.records import LATENCY_BINS, C, N, latency_edges
from tests.configs import config

ECONOMY = replace(
    config().economy, pricing="fee", fee=1.0, cut=0.25, value=2.0, delay_cost=3.0, bad_cost=5.0, churn_cost=20.0
)
FREE = replace(ECONOMY, value=0.0, delay_cost=0.0, bad_cost=0.0, churn_cost=0.0)
DEVELOPER = np.array([-1, 0, 1])
NOTHING = (np.zeros((3, len(C)), np.int64), np.zeros(len(N), np.int64), np.zeros(LATENCY_BINS, np.int64))
PARTS = ("user_value", "developer_surplus", "treasury", "costaker_surplus")


@pytest.fixture
def ledger():
    return funded()


def funded():
    ledger = Ledger(developers=2, models=3)
    for account in (("wallets", 0), ("wallets", 1), TREASURY, COSTAKERS):
        ledger.mint(account, 1000 * MICRO)
    return ledger


def measured(ledger, economy=FREE, counters=NOTHING, effort=0.0):
    return welfare(*counters, ledger.flows, effort, economy)


def test_minting_is_nobodys_gain(ledger):
    assert set(measured(ledger).values()) == {0.0}


def test_the_value_of_answers():
    models, network, latency = (c.copy() for c in NOTHING)
    models[:, C.VALUE] = [MICRO, 2 * MICRO, MICRO // 2]
    network[N.UNNOTICED], network[N.DEPARTURES] = 4, 2
    slow = int(np.searchsorted(latency_edges(), 3600.0, side="right")) - 1
    latency[slow] = 10
    waited = 10 * latency_edges()[slow : slow + 2].mean() / 3600
    assert hours(latency) == pytest.approx(waited)
    got = measured(Ledger(2, 3), ECONOMY, (models, network, latency))
    assert got["user_value"] == pytest.approx(2.0 * 3.5 - 3.0 * waited - 5.0 * 4 - 20.0 * 2)
    assert got["welfare"] == got["user_value"]
    assert measured(Ledger(2, 3), FREE, (models, network, latency))["user_value"] == 0.0


def test_revenue_moves_welfare_from_users_to_the_others(ledger):
    turns, delegated = np.array([10, 20, 30]), np.array([0, 0, 1])
    settlement.earn(ledger, turns, np.zeros(3), DEVELOPER, delegated, ECONOMY, 0.1)
    got = measured(ledger)
    assert [got[part] for part in PARTS] == pytest.approx([-60, 15 + 22.5 * 0.9, 10 + 5 + 7.5, 2.25])
    assert got["welfare"] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("fee", [0.5, 1.0, 7.0])
@pytest.mark.parametrize("cut", [0.0, 0.25, 1.0])
def test_a_fee_and_a_cut_do_not_change_the_sum(fee, cut):
    models, network, latency = (c.copy() for c in NOTHING)
    models[:, C.VALUE] = 10 * MICRO
    ledger = funded()
    economy = replace(ECONOMY, fee=fee, cut=cut)
    settlement.earn(ledger, np.array([10, 10, 10]), np.zeros(3), DEVELOPER, np.ones(3), economy, 0.2)
    assert measured(ledger, economy, (models, network, latency))["welfare"] == pytest.approx(60.0)


def test_a_held_fee_and_a_grant_cancel_at_every_instant(ledger):
    fee = settlement.hold_fee(ledger, 0, 100 * MICRO, 0.4)
    held = measured(ledger)
    assert (held["developer_surplus"], held["treasury"], held["welfare"]) == (-60, 60, 0)
    settlement.keep_fee(ledger, fee)
    assert measured(ledger) == held
    settlement.give_back(ledger, settlement.hold_fee(ledger, 1, 100 * MICRO, 0.4))
    assert measured(ledger) == held


def test_stake_costs_only_when_it_burns(ledger):
    ledger.post(("wallets", 0), ("stakes", 1), 100 * MICRO, "stake")
    ledger.unbond(np.array([1]), 1.0)
    assert measured(ledger)["developer_surplus"] == 0
    ledger.slash(np.array([0, 30 * MICRO, 0]))
    ledger.release(1.0, DEVELOPER)
    got = measured(ledger)
    assert got["developer_surplus"] == got["welfare"] == -30
    settlement.pay_out(ledger, np.array([0, 5, 0]) * MICRO, np.zeros(3))
    got = measured(ledger)
    assert (got["developer_surplus"], got["treasury"], got["welfare"]) == (-25, -5, -30)


def test_delegated_stake_that_burns_is_the_costakers(ledger):
    ledger.delegate(np.array([0, 9, 0]) * MICRO)
    assert measured(ledger)["costaker_surplus"] == 0
    ledger.post(("delegated", 1), BURNED, 7 * MICRO, "slash")
    assert measured(ledger)["costaker_surplus"] == measured(ledger)["welfare"] == -7


def test_living_and_leaving_are_private_and_effort_counts(ledger):
    settlement.charge_living(ledger, np.array([60, 60]) * MICRO)
    ledger.post(("wallets", 0), OUTSIDE, 100 * MICRO, "exit")
    assert measured(ledger)["developer_surplus"] == 0
    ledger.post(("wallets", 1), OUTSIDE, 40 * MICRO, "project")
    got = measured(ledger, effort=2.5)
    assert got["developer_surplus"] == got["welfare"] == -42.5


@pytest.mark.parametrize(
    ("payer", "bearer"), [("user", "user_value"), ("network", "treasury"), ("developer", "developer_surplus")]
)
def test_a_retry_costs_its_payer(ledger, payer, bearer):
    settlement.charge_retries(ledger, np.array([0, 3, 4]) * MICRO, DEVELOPER, payer)
    got = measured(ledger)
    assert got[bearer] == got["welfare"] == -7


def test_a_window_counts_what_flowed_in_it(ledger):
    ledger.post(("wallets", 1), OUTSIDE, 40 * MICRO, "project")
    before = dict(ledger.flows)
    ledger.post(("wallets", 1), TREASURY, 10 * MICRO, "rehearsal")
    got = welfare(*NOTHING, since(ledger.flows, before), 0.0, FREE)
    assert (got["developer_surplus"], got["treasury"]) == (-10, 10)


ACCOUNTS = (
    USERS,
    OUTSIDE,
    TREASURY,
    BURNED,
    ("fees", 0),
    COSTAKERS,
    *((kind, i) for kind in ("wallets", "stakes") for i in (0, 1)),
)


@given(st.lists(st.tuples(*(st.sampled_from(ACCOUNTS),) * 2, st.integers(0, 10**9)), max_size=30))
def test_welfare_of_transfers_is_what_left_to_nobody(moves):
    ledger = funded()
    before, start = dict(ledger.flows), ledger.totals()
    for source, target, amount in moves:
        ledger.pay(source, target, amount, "any")
    got, end = welfare(*NOTHING, since(ledger.flows, before), 0.0, FREE), ledger.totals()
    lost = sum(end[kind] - start[kind] for kind in ("outside", "burned"))
    assert got["welfare"] == pytest.approx(-lost / MICRO, abs=1e-6)
    assert got["treasury"] == pytest.approx(
        sum(end[kind] - start[kind] for kind in ("treasury", "fees")) / MICRO, abs=1e-9
    )


class TestIncidence:
    DELEGATED = np.array([0.0, 3.0, 2.0])
    SLASHED, RETRIES, EARNED = np.array([0.0, 9.0, 0.0]), np.array([2.0, 3.0, 4.0]), np.array([0.0, 0.75, 0.5])

    def columns(self, payer, economy=ECONOMY):
        models, _, latency = (c.copy() for c in NOTHING)
        models[:, C.FAILED] = [1, 2, 0]
        models[:, C.UNNOTICED] = [0, 3, 1]
        models[:, C.OTHER_RESCUED] = [4, 5, 0]
        models[:, C.RETRIES] = [6, 8, 0]
        models[:, C.ATTEMPTS] = [30, 20, 50]
        latency[600] = 100
        return incidence(
            models, latency, self.EARNED, self.SLASHED, self.DELEGATED, self.RETRIES, payer, DEVELOPER, economy
        ), hours(latency)

    def test_who_bears_what(self):
        got, waited = self.columns("developer")
        assert got["developer_lost"].tolist() == [0, 0.75 * 10, 0.5]
        assert got["developer_slashed"].tolist() == [0, 9, 0] and got["costakers_slashed"].tolist() == [0, 3, 2]
        assert got["users_unanswered"].tolist() == [2, 4, 0]
        assert got["users_bad"].tolist() == [0, 15, 5]
        assert got["users_delay"] == pytest.approx(3.0 * waited / 100 * np.array([6, 8, 0]))
        assert got["others_rescued"].tolist() == [4, 5, 0]

    @pytest.mark.parametrize(
        ("payer", "developer", "users", "network"),
        [
            ("developer", [0, 3, 4], [0, 0, 0], [2, 0, 0]),
            ("network", [0, 0, 0], [0, 0, 0], [2, 3, 4]),
            ("user", [0, 0, 0], [2, 3, 4], [0, 0, 0]),
        ],
    )
    def test_retries_are_borne_once(self, payer, developer, users, network):
        got, _ = self.columns(payer)
        columns = (got["developer_retries"], got["users_retries"], got["network_retries"])
        assert [c.tolist() for c in columns] == [developer, users, network]

    def test_knobs_at_zero_are_off_and_no_attempts_are_no_error(self):
        got, _ = self.columns("user", FREE)
        assert not any(got[name].any() for name in ("users_unanswered", "users_bad", "users_delay"))
        models, _, latency = NOTHING
        none = incidence(models, latency, self.EARNED, *np.zeros((3, 3)), "user", DEVELOPER, ECONOMY)
        assert not any(column.any() for column in none.values())


def test_the_fee_in_micro_credits_is_what_a_turn_earns():
    each = settlement.split(settlement.asked(np.zeros(3), ECONOMY), DEVELOPER, np.zeros(3), ECONOMY, 0.1)
    assert each.developer.tolist() == [0, micro(0.75), micro(0.75)]
