"""The same network in salabim without a component for each turn: the fastest salabim we know how to write.

Slots are components that wake and sleep, turns are numbers in a deque. It leaves no room for what a turn may do
(patience, retries, thought), so the headline compares with ``salabim_network``; this one keeps it honest.
"""

import random
from bisect import bisect
from collections import deque
from itertools import accumulate

import numpy as np
import salabim

from scenarios.bench.queues import Queues
from scenarios.bench.timing import clock


class Line:
    """What waits for one model: turns by their time of arrival, and its idle slots."""

    def __init__(self):
        self.waiting, self.idle, self.waits = deque(), [], []


class Slot(salabim.Component):
    """One slot of a model: it serves the turns that wait there, and sleeps when there are none."""

    def setup(self, line: Line, rate: float, exponential):
        self.line, self.rate, self.exponential = line, rate, exponential

    def process(self):
        line, rate, exponential, now = self.line, self.rate, self.exponential, self.env.now
        while True:
            while not line.waiting:
                line.idle.append(self)
                yield self.passivate()
            line.waits.append(now() - line.waiting.popleft())
            yield self.hold(exponential(rate))


class Router(salabim.Component):
    """Poisson arrivals, sent to the models by weight."""

    def setup(self, queues: Queues, seed: int):
        generator = random.Random(seed)
        self.uniform, self.exponential = generator.random, generator.expovariate
        self.cumulative = list(accumulate(queues.arrivals))
        self.lines = [Line() for _ in queues.slots]
        for line, mean, slots in zip(self.lines, queues.service, queues.slots, strict=True):
            for _ in range(slots):
                Slot(line=line, rate=1 / mean, exponential=self.exponential)

    def process(self):
        total, cumulative, lines, now = self.cumulative[-1], self.cumulative, self.lines, self.env.now
        while True:
            yield self.hold(self.exponential(total))
            line = lines[bisect(cumulative, total * self.uniform())]
            line.waiting.append(now())
            if line.idle:
                line.idle.pop().activate()


def run(queues: Queues, turns: int, seed: int = 1) -> dict:
    """Simulate until about ``turns`` turns arrived; turns served, waits of each queue in s, and seconds."""
    environment = salabim.Environment(trace=False, yieldless=False)
    router = Router("router", queues=queues, seed=seed)
    started = clock()
    environment.run(till=queues.horizon(turns))
    seconds = clock() - started
    waits = [np.array(line.waits) for line in router.lines]
    return {"turns": sum(map(len, waits)), "waits": waits, "seconds": seconds}
