"""The tick: counters -> evidence -> admission -> routes. A SimPy process, and the only place where the planes meet."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import simpy

from sim.config import Config
from sim.population import HOUSE, Population
from sim.router.shares import traffic_weights
from sim.status import Status
from sim.traffic.plane import Plane
from sim.trust.admission import admit
from sim.trust.evidence import Evidence
from sim.units import DAY_S

if TYPE_CHECKING:
    from sim.recorder import Recorder


class Scoreboard:
    """Publishes routes at every tick and learns from what comes back."""

    def __init__(self, config: Config, population: Population, recorder: "Recorder"):
        self.config, self.population, self.recorder = config, population, recorder
        self.evidence = Evidence(config.evidence, len(population.latent), config.evidence.windows)
        house = population.latent["developer"] == HOUSE
        self.status = np.where(house, Status.HOUSE, Status.SANDBOX)
        self.catalogue = population.catalogue
        self.ticks = 0

    def run(self, env: simpy.Environment, traffic: Plane, horizon_s: float, progress: Callable[[float], None]):
        """Tick from now to ``horizon_s``, a last shorter window included."""
        while env.now < horizon_s:
            begin, weight = env.now, self.weights(env.now / DAY_S)
            traffic.publish(self.population.service, weight)
            end = min((self.ticks + 1) * self.config.tick_s, horizon_s)
            yield traffic.advance(end)
            self.learn(traffic.collect(), begin, end, weight)
            progress(end / horizon_s)

    def weights(self, day: float) -> np.ndarray:
        """The share of its domain's traffic that each model gets from now on: (M,)."""
        return traffic_weights(self.evidence.view(), self.catalogue, self.status, self.config.router, day)

    def learn(self, counters, begin: float, end: float, weight: np.ndarray) -> None:
        """One window's counters become evidence, evidence becomes standing."""
        self.ticks += 1
        self.evidence.update(counters, (end - begin) / DAY_S)
        before = self.status
        self.status = admit(before, self.evidence.confidence, self.evidence.fresh_bad, self.config.governance)
        entered = (self.status == Status.ADMITTED) & (before != Status.ADMITTED)
        admitted_day = np.where(entered, end / DAY_S, self.catalogue.admitted_day)
        self.catalogue = replace(self.catalogue, admitted_day=admitted_day)
        self.recorder.window(begin, end, counters, weight, self.evidence, self.status)
