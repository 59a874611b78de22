"""What the data plane and its peers are measured on: a configuration, its models, and fixed weights."""

from dataclasses import dataclass

import numpy as np
import simpy

from sim.compose import configure
from sim.config import Config
from sim.endowment import endow
from sim.models import HOUSE, Models
from sim.network.network import Network

DAY = 86400.0  # s

MARKET = ("population.models=150", "demand.rate=75000")
"""Overrides of the market that the whole physics is measured on: the default one, five times as large."""

PEERS = ("developers=none", "demand=poisson", "tick_s=86400")
"""What peers can express: a fixed market, Poisson arrivals, and no tick; here one a day, at which nothing changes."""


@dataclass(frozen=True)
class World:
    """One data plane without a scoreboard: nothing changes at a tick.

    ``models`` MODEL (M,), house models first, one a domain; ``weights`` float (M,), each within its model's domain.
    """

    config: Config
    models: np.ndarray
    weights: np.ndarray


def world(*overrides: str) -> World:
    """The default configuration with ``PEERS`` and ``overrides``, its models, and weights slots·ability."""
    config = configure(*PEERS, *overrides)
    models = _founders(config)
    return World(config, models.service, _served(models) * models.today["ability"])


def network_world(*overrides: str, service_s: float = 60.0, load: float = 0.5) -> World:
    """The queueing network that Ciw and salabim can express: Poisson arrivals, weights, M/M/c queues, one attempt.

    The weights follow the slots, so all slots are busy a share ``load`` of the time and every queue is stable.
    """
    plain = (*PEERS, "retry=none", "demand.turns_mean=1", "demand.domains=1", "service.noise=exponential",
             "service.patience=none", *overrides)  # fmt: skip
    models = _founders(configure(*plain))
    weights, service = _served(models), models.service.copy()
    service["ttft"], service["speed"] = service_s, np.inf
    return World(configure(*plain, f"demand.rate={load * weights.sum() / service_s * DAY}"), service, weights)


def _founders(config: Config) -> Models:
    """The models that a run of ``config`` begins with."""
    return Network(simpy.Environment(), config, endow(config, config.horizon_days)).models


def _served(models: Models) -> np.ndarray:
    """Slots of each model, none for house models: they stand by for domains without any other."""
    return np.where(models.rows["developer"] == HOUSE, 0.0, models.rows["slots"])
