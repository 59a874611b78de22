"""A bare binary heap of events: the floor under the cost of any event; and beside it the plane's own, which is faster.

Bottom-up (Wegener 1993), compiled, over the data plane's records in their order.

The hold model (Jones, "An empirical comparison of priority-queue and event-set implementations", CACM 1986): take the
earliest entry, give it an exponential increment, put it back.
"""

from collections.abc import Callable

import numpy as np

from scenarios.bench.timing import clock
from sim.compiling import entry, kernel
from sim.traffic.heap import empty, replace

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


@entry
def hold_own(heap, live, sequence, events, increments):
    """The same in the plane's heap, where the new event takes the place of the first."""
    for _ in range(events):
        first = heap[0]
        replace(heap, live, first.time + increments[sequence & (_INCREMENTS - 1)], sequence, first.id)
        sequence += 1
    return sequence


def seconds_per_event(live: int, events: int, hold: Callable = hold) -> float:
    """Time of one pop and one push in s, by ``hold``, among ``live`` entries that have reached their equilibrium."""
    rng = np.random.default_rng(1)
    increments = rng.exponential(size=_INCREMENTS)
    heap = empty(live)
    entries = heap[:live]
    entries["time"] = np.sort(rng.exponential(size=live))
    entries["sequence"] = entries["id"] = np.arange(live)
    sequence = hold(heap, live, live, 5 * live, increments)
    started = clock()
    hold(heap, live, sequence, events, increments)
    return (clock() - started) / events
