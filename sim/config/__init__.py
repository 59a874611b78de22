"""The configuration: every key with its type, range, unit and meaning; and the check of a composed one.

Values live in ``conf/``, each beside its source; this package says what they may be. ``parse`` turns the nested
mapping that Hydra composes into a frozen ``Config`` or raises ``InputError`` with one line that names the key.
"""

from sim.config.demand import Demand
from sim.config.developers import Developers
from sim.config.economy import Economy, Governance
from sim.config.gauntlet import Gauntlet
from sim.config.landscape import Data, Landscape, Learning, Projects
from sim.config.models import Calibration, Population, Response, System
from sim.config.parsing import allowed, check_horizon, no_such_key, parse
from sim.config.router import (
    Cooldown,
    EpsilonGreedy,
    FailureAccrual,
    OutlierEjection,
    Proportional,
    Router,
    Showcase,
    Softmax,
    StakeWeighted,
    Tail,
)
from sim.config.schema import Config, Key, Output, config_folder, keys
from sim.config.stake import Stake
from sim.config.traffic import Budget, Retry, Service
from sim.config.trust import Evidence

__all__ = [
    "Budget",
    "Calibration",
    "Config",
    "Cooldown",
    "Data",
    "Demand",
    "Developers",
    "Economy",
    "EpsilonGreedy",
    "Evidence",
    "FailureAccrual",
    "Gauntlet",
    "Governance",
    "Key",
    "Landscape",
    "Learning",
    "OutlierEjection",
    "Output",
    "Population",
    "Projects",
    "Proportional",
    "Response",
    "Retry",
    "Router",
    "Service",
    "Showcase",
    "Softmax",
    "Stake",
    "StakeWeighted",
    "System",
    "Tail",
    "allowed",
    "check_horizon",
    "config_folder",
    "keys",
    "no_such_key",
    "parse",
]
