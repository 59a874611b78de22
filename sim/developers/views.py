"""M12: what a developer knows when it decides: what everybody can know, and what it knows of itself.

Numbers, and tuples and arrays of them. Nothing latent is in here: no ability, no potential, no position, of anybody's
models.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sim.config import Config
from sim.developers.beliefs import Beliefs


class Disclosed(NamedTuple):
    """What has been disclosed of all projects of one kind so far."""

    count: int  # outcomes disclosed
    gain: float  # their mean change of the success rate; nan where scores are not disclosed
    admitted: float  # share of them that was admitted, in [0, 1]; nan where there are none


@dataclass(frozen=True, eq=False)
class Public:
    """What everybody can know at a tick; rates are success rates as evidence and scores show them."""

    day: float  # time of the tick, days
    settings: Config  # as it is today: rules are public
    required: tuple[float, ...]  # rate that a submission needs at each stake of developers.stakes
    revenue: tuple[float, ...]  # by domain: mean revenue of an admitted model, credits/day; nan without one
    rated: float  # mean rate of all admitted models; nan without one
    rate: tuple[float, ...]  # by domain: mean rate of the admitted models; nan without one
    leader: tuple[float, ...]  # by domain: best rate of the admitted models; nan without one
    ejections: float  # per admitted model and day; nan before any was admitted
    wait_days: float  # for a bench, days
    slash: float  # share of a stake that is expected to be slashed at an exposure
    kinds: dict[str, Disclosed]  # by kind of project; a kind may be missing
    heard: np.ndarray  # (domains, beliefs, 2): what disclosed outcomes teach, see ``beliefs.Hearsay``


@dataclass(slots=True)
class Own:
    """What one developer knows of itself; rates are its own estimates, from its scores and its live record."""

    wealth: float  # credits in the wallet
    running_cost: float  # living costs, credits/day
    hours: float  # working hours, h/day
    domain: int
    risk_aversion: float  # γ
    speed: float  # factor on the length of a project
    cost: float  # factor on what a day of a project costs
    rate: float  # of its best model; nan without a model
    rate_sd: float  # standard deviation of that estimate; nan without a model
    admitted: bool  # whether that model is admitted
    revenue: float  # of all its models today, credits/day
    idea: float  # share of bits by which the idea at hand differs from its best model; nan without an idea
    beliefs: Beliefs
    failures: int = 0  # rejections and ejections so far
    grant: float = 0.0  # share of its next fee that the treasury pays
    barred: float = 0.0  # days until the limit of attempts leaves it a submission


@dataclass(slots=True)
class Board:
    """What is there to be read at a tick, for everybody alike; the lists are by developer."""

    public: Public | None
    leaders: tuple[int, ...]  # by domain: the best admitted model, which anybody may fork; -1: none
    revenue: list[float]  # of all of a developer's models in the last window, credits/day
    grants: list[float]  # share of a fee that the treasury pays
