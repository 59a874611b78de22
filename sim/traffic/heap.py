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
    time, sequence, id = last.time, last.sequence, last.id
    at = 0
    while True:
        child = 2 * at + 1
        if child >= n:
            break
        below = heap[child]
        if child + 1 < n:
            other = heap[child + 1]
            if other.time < below.time or (other.time == below.time and other.sequence < below.sequence):
                child += 1
                below = other
        if time < below.time or (time == below.time and sequence < below.sequence):
            break
        heap[at].time, heap[at].sequence, heap[at].id = below.time, below.sequence, below.id
        at = child
    heap[at].time, heap[at].sequence, heap[at].id = time, sequence, id
