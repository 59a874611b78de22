"""M12: what developers start with, by draws keyed by developer: the same people in every arm."""

from dataclasses import dataclass

import numpy as np

from sim.config import Config
from sim.demand.sessions import domain_shares
from sim.streams import DEAL, ENDOWMENT, generator


@dataclass(frozen=True)
class Endowments:
    """One entry a developer: those who own the models at the start, then those who arrive."""

    arrival: np.ndarray  # days
    domain: np.ndarray  # home domain: where all one's models are
    wealth: np.ndarray  # credits at arrival
    risk_aversion: np.ndarray  # γ
    speed: np.ndarray  # factor on the length of projects
    cost: np.ndarray  # factor on the cost of projects
    skill: np.ndarray  # logit, on the potential of all one's models

    def __len__(self) -> int:
        return len(self.arrival)


def endow(config: Config, horizon_days: float) -> Endowments:
    """The developers of a run of ``horizon_days``."""
    d, e, founders = config.developers, config.developers.endowment, config.population.developers
    n = founders + d.arrivals
    uniform, normal = np.empty((n, 2)), np.empty((n, 5))
    for i in range(n):
        rng = generator(config.seed, ENDOWMENT, i)
        rng.random(out=uniform[i])
        rng.standard_normal(out=normal[i])
    domains = config.demand.domains
    drawn = np.searchsorted(np.cumsum(domain_shares(domains, config.demand.zipf))[:-1], uniform[:, 1], side="right")
    founder = np.arange(n) < founders
    wealth = e.wealth * np.exp(e.wealth_sigma * (normal[:, 0] - 0.5 * e.wealth_sigma))
    if e.wealth_deal:
        wealth = generator(config.seed, DEAL, e.wealth_deal).permutation(wealth)
    return Endowments(
        arrival=np.where(founder, 0.0, uniform[:, 0] * d.arrival_share * horizon_days),
        domain=np.where(founder, np.arange(n) % domains, drawn),
        wealth=wealth,
        risk_aversion=np.maximum(0.0, e.risk_aversion + e.risk_sd * normal[:, 1]),
        speed=np.exp(e.speed_sd * normal[:, 2]),
        cost=np.exp(e.cost_sd * normal[:, 3]),
        skill=e.skill_sd * normal[:, 4],
    )
