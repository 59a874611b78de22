"""What both data planes are: the interface ``Traffic`` that the control plane sees, and the state behind it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator

import numpy as np
import simpy

from sim.config import Config
from sim.records import ATTEMPT, Counters, N
from sim.traffic.dispatch import arrange
from sim.traffic.params import pack
from sim.traffic.state import grow, new_world

TICK, ARRIVAL = -2, -1
"""Priorities at one instant, before SimPy's URGENT (0) and NORMAL (1)."""


def at(env: simpy.Environment, time: float, priority: int) -> simpy.Event:
    """An event that happens at ``time`` (s, now or later), among others at that instant by ``priority``."""
    event = env.event()
    event._ok, event._value = True, None
    env.schedule(event, priority, time - env.now)
    return event


class Plane(ABC):
    """One network of queues. Use: ``publish`` at a tick, ``yield advance(until)``, ``collect``; and again."""

    TOURNAMENT: bool

    def __init__(
        self,
        env: simpy.Environment,
        config: Config,
        chunks: Iterator[tuple[np.ndarray, np.ndarray]],
        log: Callable[[np.ndarray], None] | None = None,
    ):
        """``chunks`` yields demand (arrays of SESSION and TURN); ``log`` takes arrays of ATTEMPT as they come."""
        self.env, self.config, self.chunks, self.log = env, config, iter(chunks), log
        params = pack(config, tournament=self.TOURNAMENT, logging=log is not None)
        self.world = new_world(
            params, config.demand.domains, config.demand.users, config.retry.clients, 1 << 14 if log else 0
        )
        self.begun = self.ended = 0
        self.start()

    @abstractmethod
    def start(self) -> None:
        """Set up the mechanics."""

    @abstractmethod
    def advance(self, until: float) -> simpy.Event:
        """Carry traffic until just before ``until`` (s); yields when it is done, first thing at that instant."""

    @abstractmethod
    def published(self) -> None:
        """Take up new models and weights."""

    def publish(self, models: np.ndarray, weight: np.ndarray) -> None:
        """Models (MODEL, (M,); only ever appended) and their weights (M,) from now on."""
        self.world = grow(self.world, models)
        self.world = self.world._replace(routes=arrange(weight, models["domain"], self.config.demand.domains))
        self.published()

    def collect(self) -> Counters:
        """The counters of the window since the last call, which start again at zero."""
        w = self.world
        self.flush_log()
        self.begun += int(w.network[N.TURNS])
        self.ended += int(w.network[[N.OK, N.FAILED, N.UNNOTICED]].sum())
        counters = Counters(
            models=w.counters.copy(),
            network=w.network.copy(),
            latency=w.latency.copy(),
            queued=w.stations["queued"].copy(),
            busy=w.stations["busy"].copy(),
            healthy=w.stations["healthy"] != 0,
            in_flight=self.begun - self.ended,
        )
        for array in (w.counters, w.network, w.latency):
            array[:] = 0
        return counters

    def resize_requests(self, rows: int) -> None:
        """Make room for ``rows`` requests at once."""
        requests = np.zeros(rows, self.world.requests.dtype)
        requests[: len(self.world.requests)] = self.world.requests
        self.world = self.world._replace(requests=requests)

    def flush_log(self) -> None:
        """Hand the logged attempts on."""
        used = int(self.world.logged[0])
        if used and self.log:
            self.log(self.world.log[:used].astype(ATTEMPT))
        self.world.logged[0] = 0
