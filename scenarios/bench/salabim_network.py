"""The queueing network in salabim (van der Ham, Journal of Open Source Software 2018)."""

import random
from bisect import bisect
from itertools import accumulate

import numpy as np
import salabim

from scenarios.bench.queues import Queues
from scenarios.bench.timing import clock


class Turn(salabim.Component):
    """One turn: it waits for a slot of its model, holds it, and goes. The router sets ``router`` and ``model``."""

    def process(self):
        router, model = self.router, self.model
        asked = self.env.now()
        yield self.request(router.slots[model])
        router.waits[model].append(self.env.now() - asked)
        yield self.hold(router.exponential(router.rates[model]))
        self.release(router.slots[model])


class Router(salabim.Component):
    """Poisson arrivals, sent to the models by weight."""

    def setup(self, queues: Queues, seed: int):
        generator = random.Random(seed)
        self.uniform, self.exponential = generator.random, generator.expovariate
        self.slots = [salabim.Resource(f"model {i}", c, monitor=False) for i, c in enumerate(queues.slots)]
        self.rates = [1 / mean for mean in queues.service]
        self.cumulative = list(accumulate(queues.arrivals))
        self.waits: list[list[float]] = [[] for _ in queues.slots]

    def process(self):
        total = self.cumulative[-1]
        while True:
            yield self.hold(self.exponential(total))
            turn = Turn()
            turn.router, turn.model = self, bisect(self.cumulative, total * self.uniform())


def run(queues: Queues, turns: int, seed: int = 1) -> dict:
    """Simulate until about ``turns`` turns arrived; turns served, waits of each queue in s, and seconds.

    Generators instead of greenlets (faster), no trace, no monitors; attributes instead of ``setup`` for a turn, since
    salabim inspects the signatures of both whenever it creates a component.
    """
    environment = salabim.Environment(trace=False, yieldless=False)
    router = Router("router", queues=queues, seed=seed)
    started = clock()
    environment.run(till=queues.horizon(turns))
    seconds = clock() - started
    return {"turns": sum(map(len, router.waits)), "waits": [np.array(w) for w in router.waits], "seconds": seconds}
