"""M6, retries: whether a failed attempt is tried again, and when.

Backoff before retry k = 1, 2, ...: ``constant`` base; ``exponential`` w = min(cap, base·factor^(k-1)); ``decorrelated``
min(cap, U(base, factor·last wait)) (AWS architecture blog, "Exponential backoff and jitter"). Jitter is applied to w;
``memoryless`` makes it exponential with mean w, past the cap too, as retrial queues have it.

Budgets, one per client, in thousandths of a token: ``ratio`` (Finagle): every first attempt deposits ratio, a retry
takes 1, deposits and withdrawals expire after the window, and floor·window is always there. ``active`` (Envoy): retries
outstanding below max(floor, ratio·active turns). ``throttle`` (gRPC, gRFC A6): a failure takes cost, a success returns
refund, retries only above half of the capacity. ``quota`` (AWS): a retry takes cost (timeout_cost after a timeout), a
success returns what its last retry took, or refund if it took none.
"""

import math

import numpy as np

from sim.compiling import kernel
from sim.records import Outcome
from sim.streams import BACKOFF, draw, uniform
from sim.traffic.params import BACKOFFS, BUDGETS, FAILURES, JITTERS, MILLI
from sim.traffic.service import on_grid
from sim.traffic.state import BUDGET_SLOTS

_CONSTANT, _EXPONENTIAL, _DECORRELATED = (BACKOFFS.index(b) for b in ("constant", "exponential", "decorrelated"))
_FULL, _EQUAL, _SUBTRACT, _ADD, _AROUND, _MEMORYLESS = (JITTERS.index(j) for j in JITTERS[1:])
_RATIO, _ACTIVE, _THROTTLE, _QUOTA = (BUDGETS.index(b) for b in ("ratio", "active", "throttle", "quota"))
_BAD, _TIMEOUT, _REJECTED = (np.int64(1 << FAILURES.index(f)) for f in ("bad", "timeout", "rejected"))


@kernel
def kind_bit(outcome):
    """The bit of a failed outcome in a mask of kinds."""
    if outcome == Outcome.TIMEOUT:
        return _TIMEOUT
    if outcome == Outcome.REJECTED:
        return _REJECTED
    return _BAD


@kernel
def backoff(p, session, turn, attempt, last):
    """Wait in s, on the time grid, before the retry that follows ``attempt``; ``last`` is the wait before that."""
    if p.backoff == 0:
        return 0.0
    u = uniform(draw(p.seed, BACKOFF, session, turn, attempt, 0)[0])
    if p.backoff == _DECORRELATED:
        high = max(p.base_s, p.factor * (last if attempt > 1 else p.base_s))
        return on_grid(min(p.cap_s, p.base_s + u * (high - p.base_s)), p)
    w = p.base_s
    if p.backoff == _EXPONENTIAL and w > 0.0:  # 0 times a factor that has outgrown all numbers is none
        w = min(p.cap_s, p.base_s * p.factor ** (attempt - 1))
    if p.jitter == _FULL:
        w = u * w
    elif p.jitter == _EQUAL:
        w = 0.5 * w + 0.5 * u * w
    elif p.jitter == _SUBTRACT:
        w = w * (1.0 - p.jitter_share * u)
    elif p.jitter == _ADD:
        w = w + p.jitter_share * u
    elif p.jitter == _AROUND:
        w = w * (1.0 + p.jitter_share * (2.0 * u - 1.0))
    elif p.jitter == _MEMORYLESS:
        w = -w * math.log(u)
    return on_grid(w, p)


@kernel
def budget_begin(p, b, now):
    """A turn begins."""
    b.active += 1
    if p.budget == _RATIO:
        _expire(p, b, now)
        b.slots[b.slot % BUDGET_SLOTS] += p.budget_ratio


@kernel
def _expire(p, b, now):
    slot = np.int64(now / p.budget_slot_s)
    for passed in range(b.slot + 1, min(slot, b.slot + BUDGET_SLOTS) + 1):
        b.slots[passed % BUDGET_SLOTS] = 0
    b.slot = max(b.slot, slot)


@kernel
def budget_fail(p, b):
    """An attempt has failed."""
    if p.budget == _THROTTLE:
        b.tokens = max(np.int64(0), b.tokens - p.budget_cost)


@kernel
def budget_take(p, b, r, now):
    """Whether the budget allows a retry of request ``r``; takes its tokens if so."""
    r.paid = 0
    if p.budget == _RATIO:
        _expire(p, b, now)
        balance = np.int64(p.budget_floor * p.budget_slot_s * BUDGET_SLOTS)
        for slot in range(BUDGET_SLOTS):
            balance += b.slots[slot]
        if balance < MILLI:
            return False
        b.slots[b.slot % BUDGET_SLOTS] -= MILLI
    elif p.budget == _ACTIVE:
        outstanding = b.retrying - r.retrying
        if outstanding * MILLI >= max(p.budget_floor, p.budget_ratio * b.active):
            return False
    elif p.budget == _THROTTLE:
        if 2 * b.tokens <= p.budget_capacity:
            return False
    elif p.budget == _QUOTA:
        price = p.budget_timeout_cost if r.outcome == Outcome.TIMEOUT else p.budget_cost
        if b.tokens < price:
            return False
        b.tokens -= price
        r.paid = price
    if r.retrying == 0:
        r.retrying = 1
        b.retrying += 1
    return True


@kernel
def budget_end(p, b, r, answered):
    """The turn of request ``r`` ends, ``answered`` or not."""
    b.active -= 1
    if r.retrying != 0:
        r.retrying = 0
        b.retrying -= 1
    if answered:
        if p.budget == _THROTTLE:
            b.tokens = min(p.budget_capacity, b.tokens + p.budget_refund)
        elif p.budget == _QUOTA:
            b.tokens = min(p.budget_capacity, b.tokens + (r.paid if r.attempt > 1 else p.budget_refund))
