"""One simulation: builds the world, starts the SimPy processes, runs to the horizon."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
import simpy

from sim import rules
from sim.config import Config, check_horizon, parse
from sim.demand import open_demand
from sim.developers.community import Community
from sim.endowment import endow
from sim.network.gate import Gate
from sim.network.network import Network
from sim.recorder import Recorder
from sim.scoreboard import Scoreboard
from sim.units import DAY_S


@dataclass(frozen=True)
class Result:
    """What a run gave: ``summary`` (name -> number) and ``tables`` (name -> DataFrame)."""

    config: Config
    summary: dict
    tables: dict[str, pd.DataFrame]


def simulate(
    config: Config,
    *,
    attempts: Callable[[np.ndarray], None] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Result:
    """Run ``config``.

    ``attempts`` is given the attempt log in arrays of ``sim.records.ATTEMPT`` as it comes; ``progress`` the
    share of the horizon that is done, in (0, 1], at every tick. Raises ``InputError`` where a key, an input file or a
    function of the user's is bad.
    """
    config = parse(asdict(config))  # whose keys may have been replaced one by one
    rules.check(config)
    demand = open_demand(config)
    grid = 2.0**config.service.grid_bits
    horizon_s = np.floor(config.horizon_days * DAY_S * grid) / grid if config.horizon_days else demand.horizon_s
    check_horizon(config, horizon_s / DAY_S)
    env = simpy.Environment()
    network = Network(env, config, endow(config, horizon_s / DAY_S))
    gate = Gate(env, network)
    community = Community(network, gate)
    recorder = Recorder(network, gate, community, float(horizon_s))
    scoreboard = Scoreboard(network, gate, community, recorder)
    traffic = _plane(config.engine)(env, config, demand.chunks(), attempts)
    env.run(env.process(scoreboard.run(env, traffic, float(horizon_s), progress or (lambda share: None))))
    return Result(config, recorder.summary(), recorder.tables())


def _plane(engine: str):
    if engine == "reference":
        from sim.traffic.reference import ReferenceTraffic

        return ReferenceTraffic
    from sim.traffic.compiled import CompiledTraffic

    return CompiledTraffic
