"""Conservation: all balances sum to what was minted, and none is below zero, after every posting."""

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sim.economy.ledger import (
    BURNED,
    COSTAKERS,
    FEES,
    OUTSIDE,
    TREASURY,
    USERS,
    Ledger,
    credits,
    micro,
    since,
)
from tests.flows import flow

SINGLE = (USERS, OUTSIDE, TREASURY, BURNED, FEES, COSTAKERS)
AMOUNTS = st.integers(0, 100)
PICKS = st.integers(0, 10_000)


class Operations(RuleBasedStateMachine):
    """Random operations; what is done is also done to a plain dictionary, which the ledger must equal."""

    @initialize(developers=st.integers(1, 3), models=st.integers(1, 4))
    def start(self, developers, models):
        self.ledger, self.day, self.minted = Ledger(developers, models), 0.0, 0
        self.waiting = []  # (day, model, amount)
        self.plain = {account: 0 for account in self.accounts()}

    def accounts(self):
        developers, models = len(self.ledger.wallets), len(self.ledger.stakes)
        many = [("wallets", i) for i in range(developers)]
        return [*SINGLE, *many, *((kind, m) for kind in ("stakes", "unbonding", "delegated") for m in range(models))]

    def account(self, pick):
        # Unbonding credits belong to the queue: they come by unbond and go by release and slash.
        free = [a for a in self.accounts() if a[0] != "unbonding"]
        return free[pick % len(free)]

    def owners(self):
        return np.arange(len(self.ledger.stakes)) % len(self.ledger.wallets)

    def move(self, source, target, amount):
        self.plain[source] -= amount
        self.plain[target] += amount

    @rule(developers=st.integers(0, 2), models=st.integers(0, 2))
    def extend(self, developers, models):
        self.ledger.extend(developers=developers, models=models)
        self.plain |= {account: 0 for account in self.accounts() if account not in self.plain}

    @rule(to=PICKS, amount=AMOUNTS)
    def mint(self, to, amount):
        account = self.account(to)
        self.ledger.mint(account, amount)
        self.plain[account] += amount
        self.minted += amount

    @rule(source=PICKS, to=PICKS, amount=AMOUNTS)
    def post(self, source, to, amount):
        source, target = self.account(source), self.account(to)
        if self.plain[source] < amount:
            with pytest.raises(ValueError, match=f"of {amount} micro"):
                self.ledger.post(source, target, amount, "any")
        else:
            self.ledger.post(source, target, amount, "any")
            self.move(source, target, amount)

    @rule(source=PICKS, to=PICKS, amount=AMOUNTS)
    def pay(self, source, to, amount):
        source, target = self.account(source), self.account(to)
        affordable = self.plain[source] >= amount
        assert self.ledger.pay(source, target, amount, "any") is affordable
        if affordable:
            self.move(source, target, amount)

    @rule(rows=st.lists(st.tuples(PICKS, PICKS, AMOUNTS), max_size=5), single=st.booleans())
    def post_many(self, rows, single):
        developers, models = len(self.ledger.wallets), len(self.ledger.stakes)
        sources = [i % developers for i, _, _ in rows]
        targets = [0 if single else j % models for _, j, _ in rows]
        amounts = np.array([n for _, _, n in rows], dtype=np.int64)
        target = TREASURY if single else ("stakes", np.array(targets, dtype=np.int64))
        due = np.bincount(np.array(sources, dtype=np.int64), amounts, developers)
        enough = all(self.plain["wallets", i] >= n for i, n in enumerate(due))
        source = ("wallets", np.array(sources, dtype=np.int64))
        if not enough:
            with pytest.raises(ValueError):
                self.ledger.post_many(source, target, amounts, "any")
            return
        self.ledger.post_many(source, target, amounts, "any")
        for i, j, n in zip(sources, targets, amounts.tolist(), strict=True):
            self.move(("wallets", i), (target[0], j), n)

    @rule(model=PICKS, days=st.integers(0, 5))
    def unbond(self, model, days):
        m = model % len(self.ledger.stakes)
        n = self.plain["stakes", m]
        self.ledger.unbond(np.array([m]), self.day + days)
        self.move(("stakes", m), ("unbonding", m), n)
        self.waiting.append([self.day + days, m, n])

    @rule(days=st.integers(0, 3))
    def release(self, days):
        self.day += days
        owner = self.owners()
        self.ledger.release(self.day, owner)
        for due, m, n in self.waiting:
            if due <= self.day:
                self.move(("unbonding", m), ("wallets", owner[m]), n)
        self.waiting = [w for w in self.waiting if w[0] > self.day]

    @rule(amounts=st.lists(AMOUNTS, min_size=8, max_size=8))
    def delegate(self, amounts):
        there = [("delegated", m) for m in range(len(self.ledger.stakes))]
        amounts = [amounts[m % 8] for m in range(len(there))]
        held = self.plain[COSTAKERS] + sum(self.plain[account] for account in there)
        if sum(amounts) > held:
            with pytest.raises(ValueError, match="more than co-stakers have"):
                self.ledger.delegate(np.array(amounts))
            return
        self.ledger.delegate(np.array(amounts))
        self.plain |= dict(zip(there, amounts, strict=True)) | {COSTAKERS: held - sum(amounts)}

    @rule(model=PICKS, share=st.floats(0, 1.2))
    def slash(self, model, share):
        m = model % len(self.ledger.stakes)
        staked, leaving = self.plain["stakes", m], self.plain["unbonding", m]
        n = int(share * (staked + leaving))
        amounts = np.where(np.arange(len(self.ledger.stakes)) == m, n, 0)
        if n > staked + leaving:
            with pytest.raises(ValueError, match="more than is staked"):
                self.ledger.slash(amounts)
            return
        self.ledger.slash(amounts)
        self.move(("stakes", m), BURNED, min(n, staked))
        rest = max(n - staked, 0)
        self.move(("unbonding", m), BURNED, rest)
        for entry in sorted((w for w in self.waiting if w[1] == m), key=lambda w: w[0]):
            taken = min(entry[2], rest)
            entry[2] -= taken
            rest -= taken

    @invariant()
    def conserved(self):
        assert self.ledger.minted == self.minted == sum(self.ledger.totals().values())

    @invariant()
    def nobody_is_below_zero_and_every_balance_is_as_expected(self):
        balances = {account: self.ledger.balance(account) for account in self.accounts()}
        assert balances == self.plain
        assert min(balances.values()) >= 0

    @invariant()
    def what_unbonds_is_in_the_queue(self):
        queued = np.zeros(len(self.ledger.unbonding), np.int64)
        for _, m, n in self.waiting:
            queued[m] += n
        assert (queued == self.ledger.unbonding).all()

    @invariant()
    def flows_explain_every_balance(self):
        for kind, held in self.ledger.totals().items():
            assert held == flow(self.ledger, target=kind) - flow(self.ledger, source=kind)


Operations.TestCase.settings = settings(max_examples=60, stateful_step_count=30)
TestOperations = Operations.TestCase


@pytest.fixture
def ledger():
    ledger = Ledger(developers=2, models=3)
    ledger.mint(("wallets", 0), 100)
    ledger.mint(TREASURY, 50)
    return ledger


def balances(ledger):
    return ledger.totals(), ledger.wallets.tolist(), ledger.stakes.tolist(), dict(ledger.flows)


@pytest.mark.parametrize(
    ("amount", "error"), [(-1, ValueError), (1.0, TypeError), (float("nan"), TypeError), (101, ValueError)]
)
def test_what_is_refused_changes_nothing(ledger, amount, error):
    before = balances(ledger)
    with pytest.raises(error):
        ledger.post(("wallets", 0), TREASURY, amount, "any")
    assert balances(ledger) == before


@pytest.mark.parametrize("account", [("wallets", -1), ("wallets", 2), ("stakes", 3), ("treasury", 1)])
def test_the_house_and_strangers_have_no_account(ledger, account):
    before = balances(ledger)
    for attempt in (
        lambda: ledger.post(("wallets", 0), account, 1, "any"),
        lambda: ledger.post(account, ("wallets", 0), 0, "any"),
        lambda: ledger.post_many(("wallets", 0), (account[0], np.array([0, account[1]])), np.array([1, 1]), "any"),
        lambda: ledger.mint(account, 1),
        lambda: ledger.balance(account),
    ):
        with pytest.raises(IndexError):
            attempt()
    assert balances(ledger) == before


@pytest.mark.parametrize("amounts", [[60, 60], [2**62, 2**62], [5, -1], [0.5, 0.5]])
def test_many_are_posted_all_or_none(ledger, amounts):
    before = balances(ledger)
    with pytest.raises(ValueError):
        ledger.post_many(("wallets", np.array([0, 0])), ("stakes", np.array([1, 2])), np.array(amounts), "stake")
    assert balances(ledger) == before


def test_many_that_share_an_account_add_up(ledger):
    ledger.post_many(("wallets", np.array([0, 0, 0])), ("stakes", np.array([1, 1, 2])), np.array([10, 20, 5]), "stake")
    assert ledger.wallets.tolist() == [65, 0] and ledger.stakes.tolist() == [0, 30, 5]
    assert flow(ledger, purpose="stake") == flow(ledger, "wallets", "stakes") == 35


def test_no_more_is_minted_than_a_balance_can_hold(ledger):
    with pytest.raises(ValueError, match="more than"):
        ledger.mint(USERS, 2**63 - 150)
    ledger.mint(USERS, 2**63 - 151)
    ledger.post(USERS, TREASURY, 2**63 - 151, "any")
    assert ledger.balance(TREASURY) == 2**63 - 101 and sum(ledger.totals().values()) == ledger.minted


def test_a_copy_of_the_balances_changes_nothing(ledger):
    ledger.wallets[:] = 7
    assert ledger.wallets.tolist() == [100, 0]


def test_what_flowed_since(ledger):
    before = dict(ledger.flows)
    ledger.post(TREASURY, OUTSIDE, 20, "retry")
    assert since(ledger.flows, before) == {("treasury", "outside", "retry"): 20}
    assert since(ledger.flows, {}) == ledger.flows


def test_a_slash_reaches_what_is_unbonding(ledger):
    ledger.post(("wallets", 0), ("stakes", 1), 40, "stake")
    ledger.unbond(np.array([1]), 7.0)
    ledger.slash(np.array([0, 15, 0]))
    owner = np.array([-1, 0, 1])
    ledger.release(6.999, owner)
    assert ledger.wallets.tolist() == [60, 0] and ledger.unbonding.tolist() == [0, 25, 0]
    ledger.release(0.1 + 6.9, owner)
    assert ledger.wallets.tolist() == [85, 0] and ledger.balance(BURNED) == 15


def test_a_slash_takes_first_what_is_released_first(ledger):
    for day, amount in ((7.0, 40), (3.0, 20)):
        ledger.post(("wallets", 0), ("stakes", 1), amount, "stake")
        ledger.unbond(np.array([1]), day)
    ledger.slash(np.array([0, 25, 0]))
    ledger.release(3.0, np.array([-1, 0, 1]))
    assert ledger.wallets.tolist() == [40, 0] and ledger.unbonding.tolist() == [0, 35, 0]


def test_a_release_is_not_a_tick_late_by_rounding(ledger):
    ledger.post(("wallets", 0), ("stakes", 1), 40, "stake")
    ledger.unbond(np.array([1]), 0.1 + 0.2)
    ledger.release(0.3, np.array([-1, 0, 1]))
    assert ledger.wallets.tolist() == [100, 0]


def test_micro_credits():
    assert micro(1.07) == 1_070_000 and credits(1_070_000) == 1.07
    assert micro(np.array([0.1, 2.0])).tolist() == [100_000, 2_000_000]
    assert credits(np.array([1, 2])).tolist() == [1e-6, 2e-6]
    for wrong in (float("nan"), float("inf"), np.array([1.0, np.nan]), np.array([np.inf]), np.array([1e13])):
        with pytest.raises((ValueError, OverflowError)):
            micro(wrong)
