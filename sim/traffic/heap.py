"""A heap of events in one record array, ordered by (time, sequence); each has four children, next to each other.

Four make it half as deep as two do, and a level costs little more: Johnson, "Priority queues with update and finding
minimum spanning trees", Information Processing Letters 4 (1975). An infinite time marks a free place, so that the last
event's brothers need no branch of their own.
"""

import numpy as np

from sim.compiling import kernel, nth

EVENT = np.dtype([("time", "f8"), ("sequence", "i8"), ("id", "i8")])
"""``time`` is finite and at least 0."""

_BROTHERS = 3


def empty(room: int) -> np.ndarray:
    """A heap without events, EVENT (rows,), with room for ``room`` of them."""
    heap = np.zeros(room + _BROTHERS, EVENT)
    heap["time"] = np.inf
    return heap


@kernel
def push(heap, used, time, sequence, id):
    """Insert an event into ``heap[:used]``, which must have room."""
    at = used
    while at > 0:
        up = (at - 1) >> 2
        above = heap[up]
        if above.time < time or (above.time == time and above.sequence < sequence):
            break
        _put(heap[at], above.time, above.sequence, above.id)
        at = up
    _put(heap[at], time, sequence, id)


@kernel
def pop(heap, used):
    """Remove the first event of ``heap[:used]``, used > 0; read it from ``heap[0]`` before."""
    n = used - 1
    last = heap[n]
    time, sequence, id = last.time, last.sequence, last.id
    last.time = np.inf
    if n > 0:
        push(heap, _sink(heap, n), time, sequence, id)


@kernel
def replace(heap, used, time, sequence, id):
    """Put an event in the place of the first of ``heap[:used]``, used > 0: a pop and a push in one."""
    push(heap, _sink(heap, used), time, sequence, id)


@kernel
def _sink(heap, n):
    """Let the hole at the top sink to a leaf of ``heap[:n]`` along the earliest children; returns where it ends.

    Bottom-up (Wegener 1993): the way down has no branch but for ties. What then fills the hole rarely rises far.
    """
    at, child = 0, 1
    while child < n:
        first = child + _earlier(heap[nth(child + 1)], heap[nth(child)])
        second = child + 2 + _earlier(heap[nth(child + 3)], heap[nth(child + 2)])
        child = first + (second - first) * _earlier(heap[nth(second)], heap[nth(first)])
        below = heap[nth(child)]
        _put(heap[nth(at)], below.time, below.sequence, below.id)
        at = child
        child = 4 * at + 1
    return at


@kernel
def _earlier(one, other):
    """1 where event ``one`` is the earlier, else 0."""
    # From 0 on numbers are in the order of their bits, and whole numbers compare faster.
    a, b = np.float64(one.time).view(np.int64), np.float64(other.time).view(np.int64)
    if a == b:
        return np.int64(one.sequence < other.sequence)
    return np.int64(a < b)


@kernel
def _put(place, time, sequence, id):
    place.time, place.sequence, place.id = time, sequence, id
