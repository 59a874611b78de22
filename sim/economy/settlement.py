"""M13: what is paid at a tick, and at a submission. Each function posts one concept and returns who paid or got what.

Amounts are int64 micro-credits, one a model (M,) or one a developer (D,). ``developer`` (M,) owns each model and is
below 0 for house models. Nobody's balance goes below zero: what cannot be paid is not done, and is returned.
"""

import math
from typing import NamedTuple

import numpy as np

from sim.compiling import entry, kernel
from sim.config import Economy
from sim.economy.ledger import COSTAKERS, FEES, OUTSIDE, TREASURY, USERS, Ledger, micro


class Revenue(NamedTuple):
    """What users spent on each model's answers (M,), and who gets it: spent = treasury + costakers + developer."""

    spent: np.ndarray
    treasury: np.ndarray
    costakers: np.ndarray
    developer: np.ndarray


class Charged(NamedTuple):
    """What was due for each model (M,): paid, and what its payer did not have."""

    paid: np.ndarray
    short: np.ndarray


class Fee(NamedTuple):
    """A fee that is held until its submission is decided, in micro-credits."""

    developer: int
    own: int  # from the developer's wallet
    granted: int  # from the treasury


def asked(price: np.ndarray, economy: Economy) -> np.ndarray:
    """What a user pays for a turn answered well by each model (M,): the posted fee, or the model's ``price`` (M,)."""
    price = np.asarray(price, dtype=np.int64)
    return price if economy.pricing == "price" else np.full_like(price, micro(economy.fee))


def split(spent, developer, delegated, economy: Economy, delegation_cut: float) -> Revenue:
    """Who gets what users ``spent`` (M,): the treasury its cut, then co-stakers theirs, the developer the rest.

        treasury = ⌊cut·spent⌋,   costakers = ⌊delegation_cut·(spent - treasury)⌋ where ``delegated`` (M,) > 0

    What house models earn goes to the treasury whole.
    """
    spent, developer, delegated = (np.ascontiguousarray(a, np.int64) for a in (spent, developer, delegated))
    revenue = Revenue(spent, *(np.empty_like(spent) for _ in range(3)))
    _split(developer, delegated, economy.cut, delegation_cut, *revenue)
    return revenue


@entry
def _split(developer, delegated, cut, delegation_cut, spent, treasury, costakers, own):
    for m in range(len(spent)):
        treasury[m] = spent[m] if developer[m] < 0 else _share(spent[m], cut)
        costakers[m] = _share(spent[m] - treasury[m], delegation_cut) if delegated[m] > 0 else 0
        own[m] = spent[m] - treasury[m] - costakers[m]


@kernel
def _share(amount, share):
    # A product of floats may round up, and a share be more than the whole.
    return min(np.int64(math.floor(amount * share)), amount)


def earn(ledger: Ledger, turns, price, developer, delegated, economy: Economy, delegation_cut: float) -> Revenue:
    """Users pay for ``turns`` (M,) answered well, with credits minted for it. See ``asked`` and ``split``."""
    revenue = split(np.asarray(turns) * asked(price, economy), developer, delegated, economy, delegation_cut)
    house, treasury = int(revenue.treasury[np.asarray(developer) < 0].sum()), int(revenue.treasury.sum())
    ledger.mint(USERS, int(revenue.spent.sum()))
    ledger.post(USERS, TREASURY, house, "house")
    ledger.post(USERS, TREASURY, treasury - house, "cut")
    ledger.post(USERS, COSTAKERS, int(revenue.costakers.sum()), "delegation")
    ledger.post_many(USERS, ("wallets", developer), revenue.developer, "revenue")
    return revenue


def charge_retries(ledger: Ledger, cost, developer, payer: str) -> Charged:
    """The ``cost`` (M,) of attempts after the first, by the model that came first, goes outside: machines were used.

    ``payer``: ``user`` (with credits minted for it), ``network`` (the treasury), or ``developer`` (of the first model;
    the treasury for house models). A purse that is short pays its models in order, the last of them in part.
    """
    cost, house = np.asarray(cost, dtype=np.int64), np.asarray(developer) < 0
    if payer == "user":
        ledger.mint(USERS, int(cost.sum()))
        ledger.post(USERS, OUTSIDE, int(cost.sum()), "retry")
        return Charged(cost, np.zeros_like(cost))
    by_treasury = np.full_like(house, True) if payer == "network" else house
    paid, owner = np.zeros_like(cost), np.asarray(developer)[~by_treasury]
    paid[by_treasury] = covered(cost[by_treasury], 0, np.array([ledger.balance(TREASURY)]))
    paid[~by_treasury] = covered(cost[~by_treasury], owner, ledger.wallets)
    ledger.post(TREASURY, OUTSIDE, int(paid[by_treasury].sum()), "retry")
    ledger.post_many(("wallets", owner), OUTSIDE, paid[~by_treasury], "retry")
    return Charged(paid, cost - paid)


def charge_living(ledger: Ledger, cost) -> np.ndarray:
    """Living ``cost`` (D,) of the days gone by goes outside. Returns who could not pay, (D,) bool: the bankrupt."""
    cost = np.asarray(cost, dtype=np.int64)
    bankrupt = cost > ledger.wallets
    ledger.post_many(("wallets", np.arange(len(cost))), OUTSIDE, np.where(bankrupt, 0, cost), "living")
    return bankrupt


def charge_rent(ledger: Ledger, slots, came_with, developer, days: float, economy: Economy) -> Charged:
    """Rent of the ``slots`` (M,) of each model beyond those it ``came_with`` (M,) goes outside, whole or not at all.

    A developer who cannot pay for all pays for the first models that can be paid; house models pay none.
    """
    due, paid = np.zeros(len(slots), np.int64), np.zeros(len(slots), np.int64)
    for m in np.flatnonzero((slots > came_with) & (developer >= 0)).tolist():
        due[m] = micro(int(slots[m] - came_with[m]) * (economy.slot_rent * days))
        if due[m] and ledger.pay(("wallets", int(developer[m])), OUTSIDE, int(due[m]), "rent"):
            paid[m] = due[m]
    return Charged(paid, due - paid)


def pay_out(ledger: Ledger, own, delegated) -> tuple[np.ndarray, np.ndarray]:
    """The treasury pays ``own`` (M,) into stakes and ``delegated`` (M,) to co-stakers, as Numerai pays; what it paid.

    While it can: to developers first, in model order.
    """
    due = np.concatenate([own, delegated]).astype(np.int64)
    own, delegated = np.split(covered(due, 0, np.array([ledger.balance(TREASURY)])), 2)
    ledger.post_many(TREASURY, ("stakes", np.arange(len(own))), own, "payout")
    ledger.post(TREASURY, COSTAKERS, int(delegated.sum()), "payout")
    return own, delegated


def hold_fee(ledger: Ledger, developer: int, fee: int, grant: float) -> Fee | None:
    """Holds the ``fee`` of a submission; None, and nothing is paid, where ``developer`` cannot.

    The treasury pays the share ``grant`` of it, or nothing where it has less.
    """
    granted = int(fee * grant)
    if granted > ledger.balance(TREASURY):
        granted = 0
    if not ledger.pay(("wallets", developer), FEES, fee - granted, "fee"):
        return None
    ledger.post(TREASURY, FEES, granted, "grant")
    return Fee(developer, fee - granted, granted)


def keep_fee(ledger: Ledger, fee: Fee) -> None:
    """The submission is decided: its fee is the treasury's."""
    ledger.post(FEES, TREASURY, fee.own, "fee")
    ledger.post(FEES, TREASURY, fee.granted, "grant")


def give_back(ledger: Ledger, fee: Fee) -> None:
    """Amnesty: the fee goes back to whom it came from."""
    ledger.post(FEES, ("wallets", fee.developer), fee.own, "amnesty")
    ledger.post(FEES, TREASURY, fee.granted, "grant")


def covered(due: np.ndarray, payer, funds: np.ndarray) -> np.ndarray:
    """How much of each amount ``due`` (n,) its ``payer`` (n,) can pay out of ``funds`` (P,), row after row: (n,)."""
    payer, rows = np.broadcast_to(payer, due.shape), np.flatnonzero(due)
    order = rows[np.argsort(payer[rows], kind="stable")]
    sorted_due, sorted_payer = due[order], payer[order]
    before = np.cumsum(sorted_due) - sorted_due
    first = np.searchsorted(sorted_payer, sorted_payer, side="left")
    left = funds[sorted_payer] - (before - before[first])
    paid = np.zeros_like(due)
    paid[order] = np.clip(left, 0, sorted_due)
    return paid
