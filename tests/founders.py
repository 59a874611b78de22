"""The models of the start, without a run."""

import simpy

from sim.config import Config
from sim.endowment import endow
from sim.models import Models
from sim.network.network import Network


def founders(config: Config) -> Models:
    """The models that a run of ``config`` begins with."""
    return Network(simpy.Environment(), config, endow(config, config.horizon_days)).models
