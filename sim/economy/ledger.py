"""M13: the ledger: integer micro-credits, double entry. All balances sum to what was minted, after every posting.

An account is a pair (kind, index). Wallets are indexed by developer; stakes, unbonding stakes and what co-stakers have
delegated by model; the other kinds have one account, of index 0. No balance goes below zero: ``post`` refuses, ``pay``
does not do it. Unbonding stakes change by ``unbond``, ``release`` and ``slash`` alone, which know when each is due.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from operator import index, itemgetter

import numpy as np

from sim.compiling import entry, kernel
from sim.growth import roomy

Account = tuple[str, int]

USERS: Account = ("users", 0)
OUTSIDE: Account = ("outside", 0)  # what left the economy for living, work and machines
TREASURY: Account = ("treasury", 0)
BURNED: Account = ("burned", 0)
FEES: Account = ("fees", 0)  # held until a submission is decided
COSTAKERS: Account = ("costakers", 0)

_BY_MODEL = ("stakes", "unbonding", "delegated")

MINTED = "minted"
"""Source of the flows that a mint makes; no account."""

MICRO = 1_000_000
"""Micro-credits in a credit."""

_MOST = 2**63 - 1
_SAME_INSTANT = 1e-9
"""Days within which two times are one: sums of days in floating point differ by less."""

Flows = Mapping[tuple[str, str, str], int]
"""Micro-credits by (kind of source, kind of target, purpose)."""


def micro(amount):
    """Micro-credits of ``amount`` credits, rounded: int of a float, int64 of an array. Not for NaN or infinity."""
    if not isinstance(amount, np.ndarray):
        return round(float(amount) * MICRO)
    rounded = np.rint(np.asarray(amount, dtype=float) * MICRO)
    if not (np.abs(rounded) < _MOST).all():
        raise ValueError("credits must be finite, and fewer than 9.2e12")
    return rounded.astype(np.int64)


def credits(amount):
    """Credits of ``amount`` micro-credits, an int or an array."""
    return amount / MICRO


def since(flows: Flows, before: Flows) -> Flows:
    """What flowed after ``before``, an earlier copy of ``flows``."""
    return {key: amount - before.get(key, 0) for key, amount in flows.items() if amount != before.get(key, 0)}


class Ledger:
    """All balances of a run. ``minted``: micro-credits that exist; ``flows``: what went where, and for what."""

    def __init__(self, developers: int, models: int):
        single = (USERS, OUTSIDE, TREASURY, BURNED, FEES, COSTAKERS)
        self._balances = {kind: np.zeros(1, np.int64) for kind, _ in single}
        self._balances |= {kind: np.zeros(0, np.int64) for kind in ("wallets", *_BY_MODEL)}
        self._rooms = dict(self._balances)  # what the balances are the first entries of
        self.minted = 0
        self.flows: defaultdict[tuple[str, str, str], int] = defaultdict(int)
        self._unbonding: list[list] = []  # [day of release, model, micro-credits]
        self.extend(developers, models)

    def extend(self, developers: int = 0, models: int = 0) -> None:
        """More developers and models come, with nothing."""
        for kind, more in (("wallets", developers), *((kind, models) for kind in _BY_MODEL)):
            if more:
                count = len(self._balances[kind]) + more
                self._rooms[kind] = roomy(self._rooms[kind], count)
                self._balances[kind] = self._rooms[kind][:count]

    @property
    def wallets(self) -> np.ndarray:
        """Micro-credits of each developer, a copy."""
        return self._balances["wallets"].copy()

    @property
    def stakes(self) -> np.ndarray:
        """Micro-credits staked on each model, a copy."""
        return self._balances["stakes"].copy()

    @property
    def unbonding(self) -> np.ndarray:
        """Micro-credits that were staked on each model and wait for their release, a copy."""
        return self._balances["unbonding"].copy()

    @property
    def delegated(self) -> np.ndarray:
        """Micro-credits that co-stakers have on each model, a copy."""
        return self._balances["delegated"].copy()

    def balance(self, account: Account) -> int:
        """Micro-credits of one account."""
        return self._balances[account[0]].item(self._index(account))

    def totals(self) -> dict[str, int]:
        """Micro-credits by kind of account."""
        return {kind: int(held.sum()) for kind, held in self._balances.items()}

    def received(self) -> Counter[tuple[str, str]]:
        """Micro-credits that went so far by (kind of target, purpose), from whomever."""
        found = Counter()
        for (_, target, purpose), amount in self.flows.items():
            found[target, purpose] += amount
        return found

    def mint(self, target: Account, amount: int) -> None:
        """``amount`` new micro-credits come into being."""
        amount = _amount(amount)
        if self.minted + amount > _MOST:
            raise ValueError(f"mint {amount}: more than {_MOST} micro-credits in all")
        kind, i = target[0], self._index(target)
        self._balances[kind][i] += amount
        self.minted += amount
        self.flows[MINTED, kind, "mint"] += amount

    def pay(self, source: Account, target: Account, amount: int, purpose: str) -> bool:
        """Moves ``amount`` micro-credits, if ``source`` has as much; whether it did."""
        amount, (kind, i), (other, j) = _amount(amount), source, target
        debit, credit = self._balances[kind], self._balances[other]
        if not (0 <= i < len(debit) and 0 <= j < len(credit)):
            raise IndexError(f"no account {source} or {target}")
        held = debit.item(i)
        if held < amount:
            return False
        debit[i] = held - amount
        credit[j] = credit.item(j) + amount  # in range: no balance is above what was minted
        self.flows[kind, other, purpose] += amount
        return True

    def post(self, source: Account, target: Account, amount: int, purpose: str) -> None:
        """Moves ``amount`` micro-credits; ValueError where ``source`` has not as much."""
        if not self.pay(source, target, amount, purpose):
            raise ValueError(f"{purpose}: {source} has {self.balance(source)} of {amount} micro-credits")

    def post_many(self, source: tuple, target: tuple, amounts: np.ndarray, purpose: str) -> None:
        """Moves ``amounts`` (n,), whose accounts are (kind, index or indices (n,)); all or, by ValueError, nothing.

        Where nothing is moved no account is needed: house models, which have no wallet, earn 0.
        """
        amounts, ((kind, i), (other, j)) = np.asarray(amounts), (source, target)
        if amounts.dtype.kind not in "iu":
            raise ValueError(f"{purpose}: amounts must be whole")
        i, j, amounts = (np.asarray(whole, np.int64).reshape(-1) for whole in (i, j, amounts))
        total = _move(self._balances[kind], i, self._balances[other], j, amounts, self.minted)
        if total == _STRANGER:
            raise IndexError(f"{purpose}: no such account among {kind} or {other}")
        if total < 0:
            raise ValueError(f"{purpose}: {_REFUSED[total].format(source=kind)}")
        self.flows[kind, other, purpose] += total

    def unbond(self, models: np.ndarray, day: float) -> None:
        """The whole stake of ``models`` (n,), each named once, is withdrawn; slashable until its release on ``day``."""
        for m in np.asarray(models).tolist():
            amount = self.balance(("stakes", m))
            if amount:
                self.post(("stakes", m), ("unbonding", m), amount, "unbond")
                self._unbonding.append([day, m, amount])

    def release(self, day: float, developer: np.ndarray) -> None:
        """What is due by ``day`` goes to the wallets; ``developer`` (M,) owns each model."""
        waiting = []
        for lot in self._unbonding:
            due, m, amount = lot
            if due <= day + _SAME_INSTANT:
                self.post(("unbonding", m), ("wallets", int(developer[m])), amount, "withdraw")
            else:
                waiting.append(lot)
        self._unbonding = waiting

    def delegate(self, amounts: np.ndarray) -> None:
        """Co-stakers move what they have until ``amounts`` (M,) are on the models; ValueError where they have less."""
        more, every = np.asarray(amounts) - self._balances["delegated"], np.arange(len(self._balances["delegated"]))
        if sum(more.tolist()) > self.balance(COSTAKERS):
            raise ValueError("delegate: more than co-stakers have")
        self.post_many(("delegated", every), COSTAKERS, np.maximum(-more, 0), "undelegate")
        self.post_many(COSTAKERS, ("delegated", every), np.maximum(more, 0), "delegate")

    def slash(self, amounts: np.ndarray) -> None:
        """Burns ``amounts`` (M,) of each model's stake, then of what is unbonding, first what is released first.

        ValueError, and nothing is burned, where a model has less.
        """
        every, amounts = np.arange(len(self._balances["stakes"])), np.asarray(amounts)
        if not amounts.any():
            return
        bonded = np.minimum(amounts, self._balances["stakes"])
        rest = amounts - bonded
        if (rest > self._balances["unbonding"]).any():
            raise ValueError("slash: more than is staked and unbonding")
        self.post_many(("stakes", every), BURNED, bonded, "slash")
        self.post_many(("unbonding", every), BURNED, rest, "slash")
        if rest.any():
            rest = rest.tolist()
            for lot in sorted(self._unbonding, key=itemgetter(0)):
                taken = min(lot[2], rest[lot[1]])
                lot[2] -= taken
                rest[lot[1]] -= taken

    def _index(self, account: Account) -> int:
        """Of ``account``, if it is there. Numpy would take a negative index, which is the house, for the last one."""
        kind, i = account
        if not 0 <= i < len(self._balances[kind]):
            raise IndexError(f"no account {account}")
        return i


def _amount(amount: int) -> int:
    amount = index(amount)
    if amount < 0:
        raise ValueError(f"an amount of {amount} micro-credits")
    return amount


_NEGATIVE, _STRANGER, _TOO_MUCH, _SHORT = -1, -2, -3, -4
_REFUSED = {
    _NEGATIVE: "an amount is below 0",
    _TOO_MUCH: "more micro-credits than there are",
    _SHORT: "{source} have not as much",
}


@entry
def _move(debit, i, credit, j, amounts, minted):
    """Move ``amounts`` (n,) from ``debit[i]`` to ``credit[j]``: their sum; or, and nothing is moved, why not.

    ``i`` and ``j`` have n entries, or one for all amounts.
    """
    total = 0
    for k in range(len(amounts)):
        if amounts[k] < 0:
            return _NEGATIVE
        if amounts[k] > minted - total:
            return _TOO_MUCH
        total += amounts[k]
        if amounts[k] > 0 and not (0 <= _at(i, k) < len(debit) and 0 <= _at(j, k) < len(credit)):
            return _STRANGER
    for k in range(len(amounts)):
        if amounts[k] > 0:
            debit[_at(i, k)] -= amounts[k]
            if debit[_at(i, k)] < 0:
                for done in range(k + 1):
                    if amounts[done] > 0:
                        debit[_at(i, done)] += amounts[done]
                return _SHORT
    for k in range(len(amounts)):
        if amounts[k] > 0:
            credit[_at(j, k)] += amounts[k]
    return total


@kernel
def _at(index, k):
    return index[min(k, len(index) - 1)]
