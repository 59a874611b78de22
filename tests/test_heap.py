"""The event heap against a sorted list."""

from bisect import insort

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.traffic.heap import empty, pop, push, replace

EVENTS = st.lists(st.tuples(st.sampled_from(["push", "pop", "replace"]), st.integers(0, 5)), max_size=60)


@given(EVENTS)
def test_the_first_event_is_always_the_earliest_by_time_then_sequence(steps):
    heap, expected = empty(60), []
    for sequence, (step, time) in enumerate(steps):
        event = (float(time), sequence)
        if step == "push" or not expected:
            push(heap, len(expected), *event, sequence)
        elif step == "pop":
            pop(heap, len(expected))
            expected.pop(0)
            event = None
        else:
            replace(heap, len(expected), *event, sequence)
            expected.pop(0)
        if event:
            insort(expected, event)
        assert sorted(heap[: len(expected)][["time", "sequence"]].tolist()) == expected
        assert np.isinf(heap["time"][len(expected) :]).all()
        if expected:
            assert heap[0].tolist() == (*expected[0], expected[0][1])
