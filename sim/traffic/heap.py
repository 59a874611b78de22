"""A binary heap of events in one record array, ordered by (time, sequence)."""

import numpy as np

from sim.compiling import kernel

EVENT = np.dtype([("time", "f8"), ("sequence", "i8"), ("id", "i8")])


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
    """Remove the first event of ``heap[:used]``, used > 0; read it from ``heap[0]`` before.

    Bottom-up (Wegener 1993): the hole sinks to a leaf along the earlier children, without a branch that could be
    mispredicted, and the last event rises from there, rarely far.
    """
    n = used - 1
    at, child = 0, 1
    while child + 1 < n:
        left, right = heap[child], heap[child + 1]
        earlier = (right.time < left.time) | ((right.time == left.time) & (right.sequence < left.sequence))
        child += np.int64(earlier)
        below = heap[child]
        heap[at].time, heap[at].sequence, heap[at].id = below.time, below.sequence, below.id
        at = child
        child = 2 * at + 1
    if child < n:
        below = heap[child]
        heap[at].time, heap[at].sequence, heap[at].id = below.time, below.sequence, below.id
        at = child
    last = heap[n]
    push(heap, at, last.time, last.sequence, last.id)
