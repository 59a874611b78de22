"""Small whole economies for tests: two dozen developers, three weeks, a few thousand turns."""

import copy

import simpy

from sim.config import Config, parse
from sim.demand import open_demand
from sim.developers.community import Community
from sim.endowment import endow
from sim.network.gate import Gate
from sim.network.network import Network
from sim.recorder import Recorder
from sim.scoreboard import Scoreboard
from sim.simulation import Result
from sim.traffic.compiled import CompiledTraffic
from sim.units import DAY_S
from tests.configs import _composed

SMALL = dict(
    horizon_days=20, warmup_days=2, demand__rate=500, population__models=12, population__developers=12,
    developers__arrivals=12, developers__endowment__wealth_sigma=0.5, economy__fee=8.0, learning__v0=60,
    evidence__audit=1.0,
)  # fmt: skip
"""Keys of a small economy in which models mature, are admitted and ejected; the fee scales with demand."""

RANDOM = {"developers__policy": "random", "developers__endowment__wealth": 1e6}
"""Chance decides, and everybody can pay for it."""

FALLING = {"governance__immunity_days": 0, "governance__hysteresis": 0.0, "governance__strictness": 0.72,
           "stake__exposure": ["ejection", "rejection", "expiry"], "evidence__half_life_days": 2.0,
           "developers__policy": "random", "developers__endowment__wealth": 1e6}  # fmt: skip
"""A network in which many fail."""


def economy(*groups: str, **keys) -> Config:
    """A small economy, with groups such as ``"stake=gate"``, and ``keys`` with ``__`` for a dot."""
    raw = copy.deepcopy(_composed(groups))
    for key, value in (SMALL | keys).items():
        *path, last = key.split("__")
        section = raw
        for part in path:
            section = section[part]
        assert last in section, key
        section[last] = value
    return parse(raw)


class World:
    """The parts of one run, to be looked at from inside. ``prepare(world)`` changes it before anything happens, and
    ``each_tick(world)`` is called after every tick."""

    def __init__(self, config: Config, prepare=None, each_tick=None, endowments=None):
        self.config, self.env = config, simpy.Environment()
        self.network = Network(self.env, config, endowments or endow(config, config.horizon_days))
        self.gate = Gate(self.env, self.network)
        self.community = Community(self.network, self.gate)
        self.recorder = Recorder(self.network, self.gate, self.community, config.horizon_days * DAY_S)
        self.scoreboard = Scoreboard(self.network, self.gate, self.community, self.recorder)
        self._each_tick = each_tick or (lambda world: None)
        if prepare:
            prepare(self)

    def run(self) -> Result:
        """To the horizon."""
        traffic = CompiledTraffic(self.env, self.config, open_demand(self.config).chunks(), None)
        ticks = self.scoreboard.run(
            self.env, traffic, self.config.horizon_days * DAY_S, lambda share: self._each_tick(self)
        )
        self.env.run(self.env.process(ticks))
        return Result(self.config, self.recorder.summary(), self.recorder.tables())


def table_bytes(result: Result) -> dict[str, bytes]:
    """Every table and the summary of a run, in full precision."""
    found = {name: table.to_csv(float_format="%.17g").encode() for name, table in result.tables.items()}
    return found | {"summary": repr(sorted((k, repr(v)) for k, v in result.summary.items())).encode()}


def differing(one: Result, other: Result) -> list[str]:
    """Names of the tables that differ."""
    ours, theirs = table_bytes(one), table_bytes(other)
    return [name for name in ours | theirs if ours.get(name) != theirs.get(name)]
