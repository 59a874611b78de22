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
    """Remove the first event of ``heap[:used]``, used > 0; read it from ``heap[0]`` before."""
    n = used - 1
    last = heap[n]
    push(heap, _sink(heap, n), last.time, last.sequence, last.id)


@kernel
def replace(heap, used, time, sequence, id):
    """Put an event in the place of the first of ``heap[:used]``, used > 0: a pop and a push in one."""
    push(heap, _sink(heap, used), time, sequence, id)


@kernel
def _sink(heap, n):
    """Let the hole at the top sink to a leaf of ``heap[:n]`` along the earlier children; returns where it ends.

    Bottom-up (Wegener 1993): without a branch that could be mispredicted. What then fills the hole rarely rises far.
    """
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
    return at
