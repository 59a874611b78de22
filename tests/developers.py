"""Developers for tests: what they know, and options of any lottery."""

from functools import cache

import numpy as np

from sim.developers.beliefs import Beliefs, Hearsay
from sim.developers.options import OPTIONS, OUTCOMES
from sim.developers.views import Disclosed, Own, Public
from tests.configs import config


@cache
def settings():
    """The shipped economy."""
    return config("governance=default", "developers=expected_utility")


def public(c=None, **changes) -> Public:
    """A network of three domains in which admission needs less at a higher stake."""
    c = c or settings()
    required = tuple(0.62 - 0.01 * i for i in range(len(c.developers.stakes)))
    known = dict(day=10.0, settings=c, required=required, revenue=(100.0,) * 3, rated=0.62, rate=(0.62,) * 3,
                 leader=(0.7,) * 3, ejections=0.005, wait_days=1.0, slash=0.2,
                 kinds={"refine": Disclosed(20, 0.01, 0.5)}, heard=Hearsay(c).table())  # fmt: skip
    return Public(**known | changes)


def own(c=None, **changes) -> Own:
    """A developer with an admitted model and an idea."""
    known = dict(wealth=9000.0, running_cost=60.0, hours=8.0, domain=0, risk_aversion=1.5, speed=1.0, cost=1.0,
                 rate=0.63, rate_sd=0.04, admitted=True, revenue=110.0, idea=0.4)  # fmt: skip
    return Own(**known | dict(beliefs=Beliefs(c or settings())) | changes)


def option(chances, payoffs, kind="refine", **changes) -> np.ndarray:
    """OPTIONS (1,): an option of one day whose first outcome is success; without chances it is not feasible."""
    row = np.zeros(1, OPTIONS)
    known = dict(kind=kind, plan=-1, feasible=len(chances) > 0, days=1.0, span=1.0, wins=1)
    for name, value in (known | changes).items():
        row[name] = value
    for name, values in (("chances", chances), ("payoffs", payoffs)):
        row[name] = (*values, *(0.0,) * (OUTCOMES - len(values)))
    return row


def options(*rows) -> np.ndarray:
    """OPTIONS (n,) of single ones."""
    return np.concatenate(rows)
