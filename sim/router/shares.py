"""Shares: from the weights of a rule to the routes of every domain.

In each domain the admitted share 1-ε and the sandbox ε; a floor with nobody on it falls to the others.
"""

from itertools import pairwise

import numpy as np

from sim.router import allocation
from sim.status import Status


def traffic_weights(evidence, catalogue, status, router, day: float):
    """The share of its domain's traffic that each model gets until the next tick: (M,), summing to 1 in each domain.

    ``evidence``, ``catalogue``: views of all M models; ``status`` (M,) of `Status`; ``router`` that section of the
    configuration; ``day`` the time of the tick in days.

    - Admitted models share 1-ε (1 where the sandbox is empty) by the rule of allocation, then slow start, then the
      cap on a developer's share, which is a share of the admitted traffic.
    - The sandbox shares ε evenly.
    - Where nobody is admitted, the house model gets the admitted share; where there is no house either, the sandbox
      gets everything. Ejected models get nothing.

    Raises ``InputError`` where a user's own rule misbehaves, ``ValueError`` where a domain has nobody to serve it.
    """
    share = np.zeros(len(catalogue))
    for domain, standing in _by_domain(catalogue.domain, np.asarray(status)):
        admitted, sandbox, house = standing[Status.ADMITTED], standing[Status.SANDBOX], standing[Status.HOUSE]
        serving = admitted if len(admitted) else house
        if len(serving) + len(sandbox) == 0:
            raise ValueError(f"domain {domain} has neither an admitted nor a sandbox nor a house model")
        floor = 0.0 if not len(sandbox) else 1.0 if not len(serving) else router.sandbox_share
        share[sandbox] = floor / max(len(sandbox), 1)
        if len(admitted):
            share[admitted] = (1.0 - floor) * _admitted(evidence[admitted], catalogue[admitted], router, day)
        else:
            share[house] = (1.0 - floor) / max(len(house), 1)
    return share


def _by_domain(domain, status):
    """(domain, models by status): of each domain that has any, the indices of its models of each standing, in order."""
    domains, key = int(domain.max(initial=-1)) + 1, domain * len(Status) + status
    order = np.argsort(key, kind="stable")
    at = np.searchsorted(key[order], np.arange(domains * len(Status) + 1)).tolist()
    for d in range(domains):
        here = at[d * len(Status) : (d + 1) * len(Status) + 1]
        if here[0] < here[-1]:
            yield d, [order[low:high] for low, high in pairwise(here)]


def slow_start(age, window: float, least: float):
    """The factor on a newly admitted model's weight: (n,) in [``least``, 1], age/window between these.

    ``age`` (n,) and ``window`` in days; a window of 0 switches it off. Envoy's slow start with aggression 1.
    """
    if window == 0:
        return np.ones(len(age))
    return np.minimum(np.maximum(age / window, least), 1.0)


def cap_developers(share, developer, cap: float):
    """Shares in which no developer has more than ``cap``: (n,), the same sum of 1.

    ``share`` (n,) summing to 1; ``developer`` (n,) integers; ``cap`` in (0, 1]. Water-filling: who is above the cap is
    cut to it, and the excess goes to the others in proportion to what they have (evenly where they have nothing),
    until nobody is above it; within a developer proportions stay. With fewer than 1/cap developers no shares can
    meet the cap, and every developer gets the same, which is as near as shares can come.
    """
    if cap >= 1.0:
        return share
    _, owner = np.unique(developer, return_inverse=True)
    before = np.bincount(owner, share)
    n = len(before)
    cap = max(cap, 1.0 / n)
    after, capped = before.copy(), np.zeros(n, bool)
    while (over := ~capped & (after > cap * (1.0 + 1e-12))).any():
        capped |= over
        after[capped] = cap
        free = ~capped
        rest = max(1.0 - cap * capped.sum(), 0.0)
        held = before[free].sum()
        after[free] = rest * before[free] / held if held > 0 else rest / max(free.sum(), 1)
    size = np.bincount(owner)
    within = np.where(before[owner] > 0, share / np.where(before > 0, before, 1.0)[owner], 1.0 / size[owner])
    return after[owner] * within


def _admitted(evidence, catalogue, router, day):
    w = allocation.weights(router.allocation, evidence, catalogue, router)
    risen = w * slow_start(day - catalogue.admitted_day, router.slow_start_days, router.slow_start_min)
    w = risen if risen.any() else w  # where all were admitted just now and begin with nothing, none is ahead
    return cap_developers(w / w.sum(), catalogue.developer, router.share_cap)
