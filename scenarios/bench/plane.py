"""The one place where the benchmarks drive Turnstile: its data planes, and whole runs."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple
from unittest.mock import patch

import numpy as np
import simpy

from scenarios.bench.timing import clock
from scenarios.bench.world import DAY, World
from sim.config import Config
from sim.demand import open_demand
from sim.developers.choice import Chooser
from sim.records import N
from sim.simulation import simulate
from sim.traffic.compiled import CompiledTraffic
from sim.traffic.plane import Plane
from sim.traffic.reference import ReferenceTraffic

ENGINES = {"compiled": CompiledTraffic, "reference": ReferenceTraffic}


class PlaneRun(NamedTuple):
    """What one run of a data plane did, and its time."""

    turns: int
    ended: int  # turns
    good: int  # turns that ended with a good answer
    events: int  # arrivals, and whatever else was scheduled; 0 in the reference plane, which does not count
    live: float  # mean number of events scheduled at a tick; 0 in the reference plane
    seconds: float


def run(
    world: World, turns: int, engine: str = "compiled", log: Callable[[np.ndarray], None] | None = None
) -> PlaneRun:
    """Run ``engine`` until about ``turns`` turns were offered, ticking as configured; ``log`` takes attempts."""
    env = simpy.Environment()
    plane = ENGINES[engine](env, world.config, open_demand(world.config).chunks(), log)
    network, live = np.zeros(len(N), np.int64), []
    started = clock()
    env.run(env.process(_drive(env, plane, world, turns / world.config.demand.rate * DAY, network, live)))
    seconds = clock() - started
    ended = int(network[[N.OK, N.FAILED, N.UNNOTICED]].sum())
    events = int(network[N.SESSIONS] + plane.loop["sequence"][0]) if live else 0
    return PlaneRun(int(network[N.TURNS]), ended, int(network[N.OK]), events, float(np.mean(live or 0.0)), seconds)


def _drive(env: simpy.Environment, plane: Plane, world: World, horizon: float, network: np.ndarray, live: list):
    while env.now < horizon:
        plane.publish(world.models, world.weights)
        yield plane.advance(min(env.now + world.config.tick_s, horizon))
        network += plane.collect().network
        if isinstance(plane, CompiledTraffic):
            live.append(int(plane.loop["events"][0]))


def run_over_plane(config: Config) -> float:
    """The time of a whole run over the part of it that its compiled data plane took."""
    with _stopwatch(CompiledTraffic, "__init__", "publish", "advance", "collect") as laps:
        started = clock()
        simulate(config)
        return (clock() - started) / sum(laps)


def microseconds_a_decision(config: Config) -> float:
    """What a decision of a developer takes in a whole run."""
    with _stopwatch(Chooser, "project", "submission") as laps:
        simulate(config)
        return 1e6 * sum(laps) / len(laps)


@contextmanager
def _stopwatch(kind: type, *methods: str) -> Iterator[list[float]]:
    """Append the time of each call of these methods of ``kind`` to the list that this yields."""
    laps: list[float] = []

    def timed(method: Callable) -> Callable:
        def call(*args, **kwargs):
            started = clock()
            try:
                return method(*args, **kwargs)
            finally:
                laps.append(clock() - started)

        return call

    with ExitStack() as stack:
        for name in methods:
            stack.enter_context(patch.object(kind, name, timed(getattr(kind, name))))
        yield laps
