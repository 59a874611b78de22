"""Developers for tests: what they know, and options of any lottery."""

from functools import cache

from sim.developers.beliefs import Beliefs
from sim.developers.options import Option
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
    known = dict(day=10.0, settings=c, required=required, revenue=(100.0,) * 3, rate=(0.62,) * 3, leader=(0.7,) * 3,
                 ejections=0.005, wait_days=1.0, slash=0.2, kinds={"refine": Disclosed(20, 0.01, 0.5)})  # fmt: skip
    return Public(**known | changes)


def own(c=None, **changes) -> Own:
    """A developer with an admitted model and an idea."""
    known = dict(wealth=9000.0, running_cost=60.0, hours=8.0, domain=0, risk_aversion=1.5, speed=1.0, cost=1.0,
                 rate=0.63, rate_sd=0.04, admitted=True, revenue=110.0, idea=0.4)  # fmt: skip
    return Own(**known | dict(beliefs=Beliefs(c or settings())) | changes)


def option(chances, payoffs, kind="refine", **changes) -> Option:
    """An option of one day whose first outcome is success."""
    known = dict(slot=0, days=1.0, span=1.0, income=0.0, cost=0.0, needs=0.0, wins=1)
    return Option(kind=kind, chances=tuple(chances), payoffs=tuple(payoffs), **known | changes)
