"""The queueing network in Ciw (Palmer, Knight, Harper and Hawa, Journal of Simulation 2019)."""

import ciw
import numpy as np

from scenarios.bench.queues import Queues
from scenarios.bench.timing import clock


def run(queues: Queues, turns: int, seed: int = 1) -> dict:
    """Simulate until about ``turns`` turns arrived; turns served, waits of each queue in s, and seconds.

    A Poisson stream split by weights is independent Poisson streams, so the router costs Ciw nothing. No state
    tracker, no deadlock detection, no progress bar; Ciw always keeps its records.
    """
    size = len(queues.slots)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=rate) for rate in queues.arrivals],
        service_distributions=[ciw.dists.Exponential(rate=1 / mean) for mean in queues.service],
        number_of_servers=queues.slots,
        routing=ciw.routing.NetworkRouting(routers=[ciw.routing.Leave() for _ in range(size)]),
    )
    ciw.seed(seed)
    simulation = ciw.Simulation(network)
    started = clock()
    simulation.simulate_until_max_time(queues.horizon(turns))
    seconds = clock() - started
    waits: list[list[float]] = [[] for _ in range(size)]
    for record in simulation.get_all_records():
        waits[record.node - 1].append(record.waiting_time)
    return {"turns": sum(map(len, waits)), "waits": [np.array(w) for w in waits], "seconds": seconds}
