"""The data plane's heap, bare: the floor under the cost of any event.

The hold model (Jones, "An empirical comparison of priority-queue and event-set implementations", CACM 1986): take the
earliest entry, give it an exponential increment, put it back.
"""

import numpy as np

from scenarios.bench.timing import clock
from sim.compiling import entry
from sim.traffic.heap import EVENT, pop, push

_INCREMENTS = 1 << 16


@entry
def hold(heap, live, sequence, events, increments):
    """Pop and push ``events`` times among ``live`` entries; returns the next sequence number."""
    for _ in range(events):
        now, record = heap[0].time, heap[0].id
        pop(heap, live)
        push(heap, live - 1, now + increments[sequence & (_INCREMENTS - 1)], sequence, record)
        sequence += 1
    return sequence


def ns_per_event(live: int, events: int = 1_000_000) -> float:
    """Time of one pop and one push, in ns, among ``live`` entries that have reached their equilibrium."""
    rng = np.random.default_rng(1)
    increments = rng.exponential(size=_INCREMENTS)
    heap = np.zeros(live, EVENT)
    heap["time"] = np.sort(rng.exponential(size=live))
    heap["sequence"] = heap["id"] = np.arange(live)
    sequence = hold(heap, live, live, 5 * live, increments)
    started = clock()
    hold(heap, live, sequence, events, increments)
    return (clock() - started) / events * 1e9
