"""The check of what a configuration names: whether the rules are there, and decisions have no more options than fit."""

from collections.abc import Callable

from sim.config import Config
from sim.developers import plans, policies
from sim.router import allocation
from sim.trust import scores, slashing, stake


def rules(config: Config) -> dict[Callable[[str], object], str]:
    """The rules that ``config`` names, each by what looks it up: of Turnstile, or by import path of the user's own."""
    return {
        allocation.resolve: config.router.allocation,
        stake.resolve: config.stake.rule,
        slashing.resolve: config.stake.slashing,
        scores.resolve: config.gauntlet.score,
        policies.resolve: config.developers.policy,
    }


def check(config: Config) -> None:
    """Raise ``InputError`` for a rule that is not there, or a decision of too many options."""
    for resolve, name in rules(config).items():
        resolve(name)
    plans.check(config)
