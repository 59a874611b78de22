"""A bare binary heap of events: the floor under the cost of any event.

Bottom-up (Wegener 1993), compiled, over the data plane's records in their order; the plane itself has a faster one.

The hold model (Jones, "An empirical comparison of priority-queue and event-set implementations", CACM 1986): take the
earliest entry, give it an exponential increment, put it back.
"""

import numpy as np

from scenarios.bench.timing import clock
from sim.compiling import entry, kernel
from sim.traffic.heap import EVENT

_INCREMENTS = 1 << 16


@kernel
def push(heap, used, time, sequence, id):
    """Insert an event into ``heap[:used]``, which must have room."""
    at = used
    while at > 0:
        up = (at - 1) >> 1
        above = heap[up]
        if above.time < time or (above.time == time and above.sequence < sequence):
            break
        heap[at].time, heap[at].sequence, heap[at].id = above.time, above.sequence, above.id
        at = up
    heap[at].time, heap[at].sequence, heap[at].id = time, sequence, id


@kernel
def pop(heap, used):
    """Remove the first event of ``heap[:used]``, used > 0."""
    n, at, child = used - 1, 0, 1
    while child + 1 < n:
        left, right = heap[child], heap[child + 1]
        child += np.int64((right.time < left.time) | ((right.time == left.time) & (right.sequence < left.sequence)))
        below = heap[child]
        heap[at].time, heap[at].sequence, heap[at].id = below.time, below.sequence, below.id
        at, child = child, 2 * child + 1
    if child < n:
        below = heap[child]
        heap[at].time, heap[at].sequence, heap[at].id = below.time, below.sequence, below.id
        at = child
    last = heap[n]
    push(heap, at, last.time, last.sequence, last.id)


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
