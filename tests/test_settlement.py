"""What is paid adds up, goes where it should, and stops where a purse is empty."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.economy import settlement
from sim.economy.ledger import COSTAKERS, FEES, MICRO, OUTSIDE, TREASURY, Ledger
from tests.configs import config
from tests.flows import flow

ECONOMY = replace(config().economy, pricing="fee", fee=1.0, cut=0.0, slot_rent=1.0)
DEVELOPER = np.array([-1, 0, 0, 1, 2])
PRICE = np.array([9, 2, 3, 4, 5]) * MICRO
NOBODY = np.zeros(5, np.int64)


@pytest.fixture
def ledger():
    return funded([100, 100, 100], 100)


def funded(wallets, treasury):
    """A ledger of whole credits."""
    ledger = Ledger(developers=len(wallets), models=5)
    for i, amount in enumerate(wallets):
        ledger.mint(("wallets", i), amount * MICRO)
    ledger.mint(TREASURY, treasury * MICRO)
    return ledger


def whole(amounts):
    return (np.asarray(amounts) / MICRO).tolist()


class TestRevenue:
    TURNS = np.array([7, 1, 2, 3, 0])

    def test_the_posted_fee(self, ledger):
        paid = settlement.earn(ledger, self.TURNS, PRICE, DEVELOPER, NOBODY, ECONOMY, 0.1)
        assert whole(paid.developer) == [0, 1, 2, 3, 0] and whole(paid.treasury) == [7, 0, 0, 0, 0]
        assert whole(ledger.wallets) == [103, 103, 100] and ledger.balance(TREASURY) == 107 * MICRO

    def test_the_own_price(self, ledger):
        economy = replace(ECONOMY, pricing="price")
        paid = settlement.earn(ledger, self.TURNS, PRICE, DEVELOPER, NOBODY, economy, 0.1)
        assert whole(paid.spent) == [63, 2, 6, 12, 0]

    def test_cuts(self, ledger):
        economy, delegated = replace(ECONOMY, cut=0.2), np.array([5, 0, 1, 0, 0])
        paid = settlement.earn(ledger, self.TURNS, PRICE, DEVELOPER, delegated, economy, 0.5)
        assert whole(paid.treasury) == [7, 0.2, 0.4, 0.6, 0]
        assert whole(paid.costakers) == [0, 0, 0.8, 0, 0]
        assert whole(paid.developer) == [0, 0.8, 0.8, 2.4, 0]
        assert ledger.balance(COSTAKERS) == 0.8 * MICRO

    def test_cuts_of_zero_are_off(self, ledger):
        paid = settlement.earn(ledger, self.TURNS, PRICE, DEVELOPER, np.ones(5), ECONOMY, 0.0)
        assert (paid.developer[1:] == paid.spent[1:]).all()
        assert flow(ledger, purpose="cut") == flow(ledger, purpose="delegation") == 0

    @given(
        st.lists(st.integers(0, 10**18), min_size=5, max_size=5),
        st.floats(0, 1),
        st.floats(0, 1),
        st.lists(st.integers(0, 1), min_size=5, max_size=5),
    )
    def test_every_micro_credit_goes_to_somebody(self, spent, cut, delegation_cut, delegated):
        paid = settlement.split(spent, DEVELOPER, delegated, replace(ECONOMY, cut=cut), delegation_cut)
        assert (paid.treasury + paid.costakers + paid.developer == spent).all()
        assert min(part.min() for part in (paid.treasury, paid.costakers, paid.developer)) >= 0

    def test_a_cut_of_all_is_no_more_than_all(self):
        odd = 2**53 + 3  # as a float it rounds up
        paid = settlement.split([odd] * 5, DEVELOPER, NOBODY, replace(ECONOMY, cut=1.0), 0.0)
        assert (paid.treasury == odd).all() and not paid.developer.any()



class TestRetries:
    COST = np.array([5, 60, 60, 10, 0]) * MICRO

    def test_users_pay_with_what_is_minted_for_it(self, ledger):
        minted = ledger.minted
        paid, short = settlement.charge_retries(ledger, self.COST, DEVELOPER, "user")
        assert whole(paid) == [5, 60, 60, 10, 0] and not short.any()
        assert ledger.minted - minted == ledger.balance(OUTSIDE) == 135 * MICRO

    def test_the_network_pays_what_its_treasury_has(self, ledger):
        paid, short = settlement.charge_retries(ledger, self.COST, DEVELOPER, "network")
        assert whole(paid) == [5, 60, 35, 0, 0] and whole(short) == [0, 0, 25, 10, 0]
        assert ledger.balance(TREASURY) == 0 and whole(ledger.wallets) == [100, 100, 100]

    def test_developers_pay_what_their_wallets_have(self, ledger):
        paid, short = settlement.charge_retries(ledger, self.COST, DEVELOPER, "developer")
        assert whole(paid) == [5, 60, 40, 10, 0] and whole(short) == [0, 0, 20, 0, 0]
        assert whole(ledger.wallets) == [0, 90, 100] and ledger.balance(TREASURY) == 95 * MICRO


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 2)), max_size=8),
    st.lists(st.integers(0, 100), min_size=3, max_size=3),
)
def test_covered_pays_row_after_row(rows, funds):
    due, payer = (np.array([row[k] for row in rows], dtype=np.int64) for k in (0, 1))
    left, expected = list(funds), []
    for amount, i in zip(due.tolist(), payer.tolist(), strict=True):
        expected.append(min(amount, left[i]))
        left[i] -= expected[-1]
    assert settlement.covered(due, payer, np.array(funds)).tolist() == expected


class TestLiving:
    def test_who_cannot_pay_pays_nothing_and_is_bankrupt(self):
        ledger = funded([100, 59, 60], 0)
        bankrupt = settlement.charge_living(ledger, np.array([60, 60, 60]) * MICRO)
        assert bankrupt.tolist() == [False, True, False]
        assert whole(ledger.wallets) == [40, 59, 0] and ledger.balance(OUTSIDE) == 120 * MICRO

    def test_those_who_are_away_owe_nothing(self):
        assert not settlement.charge_living(funded([0, 0], 0), np.zeros(2, np.int64)).any()


class TestRent:
    SLOTS, CAME = np.array([9, 4, 3, 2, 1]), np.array([1, 2, 2, 2, 2])

    def test_for_slots_beyond_those_a_model_came_with(self, ledger):
        paid, short = settlement.charge_rent(ledger, self.SLOTS, self.CAME, DEVELOPER, 2.0, ECONOMY)
        assert whole(paid) == [0, 4, 2, 0, 0] and not short.any()
        assert whole(ledger.wallets) == [94, 100, 100]

    def test_whole_or_not_at_all(self):
        ledger = funded([3, 0, 0], 0)
        paid, short = settlement.charge_rent(ledger, self.SLOTS, self.CAME, DEVELOPER, 2.0, ECONOMY)
        assert whole(paid) == [0, 0, 2, 0, 0] and whole(short) == [0, 4, 0, 0, 0]

    def test_a_rent_of_zero_is_off(self, ledger):
        free = replace(ECONOMY, slot_rent=0.0)
        assert not settlement.charge_rent(ledger, self.SLOTS, self.CAME, DEVELOPER, 2.0, free).paid.any()
        assert flow(ledger, purpose="rent") == 0


def test_the_treasury_pays_out_while_it_can():
    ledger = funded([0], 5)
    paid, _ = settlement.pay_out(ledger, np.array([0, 2, 2, 2, 2]) * MICRO, NOBODY)
    assert whole(paid) == [0, 2, 2, 1, 0] and (ledger.stakes == paid).all() and ledger.balance(TREASURY) == 0


def test_co_stakers_are_paid_after_developers():
    ledger = funded([0], 5)
    own, delegated = settlement.pay_out(ledger, np.array([0, 2, 0, 0, 0]) * MICRO, np.array([0, 1, 0, 9, 0]) * MICRO)
    assert whole(own) == [0, 2, 0, 0, 0] and whole(delegated) == [0, 1, 0, 2, 0]
    assert ledger.balance(COSTAKERS) == 3 * MICRO and ledger.balance(TREASURY) == 0


class TestFees:
    FEE = 60 * MICRO

    def test_it_is_held_and_then_the_treasurys(self, ledger):
        fee = settlement.hold_fee(ledger, 1, self.FEE, grant=0.0)
        assert ledger.balance(FEES) == self.FEE and whole(ledger.wallets) == [100, 40, 100]
        settlement.keep_fee(ledger, fee)
        assert ledger.balance(FEES) == 0 and ledger.balance(TREASURY) == 160 * MICRO
        assert flow(ledger, purpose="grant") == 0

    def test_amnesty_gives_it_back_to_whom_it_came_from(self, ledger):
        fee = settlement.hold_fee(ledger, 1, self.FEE, grant=0.25)
        assert (fee.own, fee.granted) == (45 * MICRO, 15 * MICRO) and whole(ledger.wallets) == [100, 55, 100]
        settlement.give_back(ledger, fee)
        assert ledger.balance(FEES) == 0 and ledger.balance(TREASURY) == 100 * MICRO
        assert whole(ledger.wallets) == [100, 100, 100]

    def test_who_cannot_pay_does_not_submit(self):
        ledger = funded([59, 10], 50)
        before = ledger.totals()
        assert settlement.hold_fee(ledger, 0, self.FEE, grant=0.0) is None
        assert settlement.hold_fee(ledger, 1, self.FEE, grant=0.5) is None
        assert ledger.totals() == before

    def test_an_empty_treasury_grants_nothing(self):
        ledger = funded([100], 10)
        assert settlement.hold_fee(ledger, 0, self.FEE, grant=0.5) == settlement.Fee(0, self.FEE, 0)


purses = st.lists(st.integers(0, 50), min_size=3, max_size=3)
amounts = st.lists(st.integers(0, 40), min_size=5, max_size=5)


@given(purses, st.integers(0, 50), amounts, amounts, st.sampled_from(["user", "network", "developer"]))
def test_a_tick_conserves_credits(wallets, treasury, turns, cost, payer):
    ledger = funded(wallets, treasury)
    economy = replace(ECONOMY, cut=0.13)

    def conserved():
        totals = ledger.totals()
        assert sum(totals.values()) == ledger.minted and min(totals.values()) >= 0
        assert min(ledger.wallets) >= 0 and totals["users"] == 0

    settlement.earn(ledger, np.array(turns), PRICE, DEVELOPER, np.array([0, 1, 0, 1, 0]), economy, 0.07)
    conserved()
    due = np.array(cost) * MICRO
    paid, short = settlement.charge_retries(ledger, due, DEVELOPER, payer)
    assert (paid + short == due).all() and paid.sum() == flow(ledger, purpose="retry")
    conserved()
    settlement.charge_living(ledger, np.array([20, 20, 20]) * MICRO)
    settlement.charge_rent(ledger, np.array(turns), np.array(cost), DEVELOPER, 1.0, economy)
    conserved()
    for developer in range(3):
        if fee := settlement.hold_fee(ledger, developer, 10 * MICRO, 0.3):
            conserved()
            (settlement.keep_fee if developer else settlement.give_back)(ledger, fee)
        conserved()
    settlement.pay_out(ledger, due, due)
    conserved()
