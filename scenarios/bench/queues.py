"""The queueing network that Ciw and salabim can express: independent M/M/c queues behind a weighted router."""

import math
from dataclasses import dataclass

import numpy as np

from scenarios.bench.world import DAY, World


@dataclass(frozen=True)
class Queues:
    """M/M/c queues; lists of length M."""

    arrivals: list[float]  # per s: the Poisson stream of turns times the weight of the model
    service: list[float]  # mean, s
    slots: list[int]

    @classmethod
    def of(cls, world: World) -> "Queues":
        """The network of a world made by ``network_world``."""
        serves = world.weights > 0
        models, weights = world.models[serves], world.weights[serves] / world.weights.sum()
        return cls(
            (world.config.demand.rate / DAY * weights).tolist(),
            (models["ttft"] + 1 / models["speed"]).tolist(),
            models["slots"].tolist(),
        )

    def waits(self) -> np.ndarray:
        """Mean wait of each queue in s, by Erlang's C formula (Erlang, "Solution of some problems", 1917)."""
        return np.array([erlang_c_wait(*queue) for queue in zip(self.arrivals, self.service, self.slots, strict=True)])

    def horizon(self, turns: int) -> float:
        """The time in s in which ``turns`` turns are expected."""
        return turns / math.fsum(self.arrivals)


def erlang_c_wait(arrivals: float, service: float, slots: int) -> float:
    """Mean wait of M/M/c in s: C(c, a)/(c/service - arrivals), C from the stable recursion of Erlang's B."""
    load, blocked = arrivals * service, 1.0
    for k in range(1, slots + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked / (1 - load / slots * (1 - blocked)) * service / (slots - load)
