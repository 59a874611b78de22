"""The compiled plane's loop: the same mechanics as the reference plane, over record arrays with a heap.

Each event becomes a next action of one session and at most one other session whose service starts; then each law is
called once, in order. The loop allocates nothing: it returns what it needs, Python provides it and calls again.
"""

import math

import numpy as np

from sim.compiling import entry, kernel, nth
from sim.records import TURN, Outcome
from sim.traffic.health import eject, envoy_time, next_interval, outlier, restore, set_thresholds
from sim.traffic.heap import pop, push, replace
from sim.traffic.session import (
    begin_attempt,
    begin_session,
    begin_turn,
    book,
    end_attempt,
    end_session,
    end_turn,
    failed,
    hold_slots,
    retry_wait,
    start_service,
)
from sim.traffic.state import NONE

# What a row of requests is doing.
THINKING, BACKING_OFF, WAITING, SERVING, LATE, ABANDONED, BURNING = range(7)
# What a session does next.
NOTHING, ASK, TRY, SETTLE, FINISH = range(5)
# What the loop returns for.
DONE, PAUSE, NEED_DEMAND, NEED_REQUESTS, NEED_TURNS, NEED_EVENTS, NEED_LOG = range(7)

SWEEP = -1
"""Id of the health sweep's event; that of the return of model m is -2 - m; others are rows of requests."""

# Rows that one event may take: an arrival, work abandoned in the queue, and two late services.
SPARE_REQUESTS = 4

# Events after which the loop returns, so that Python sees Ctrl-C within about a second.
PAUSE_EVENTS = 1 << 22

# A turn that its session has still to ask; ``next`` in the session, or in the free list.
PENDING = np.dtype([*TURN.descr, ("next", "i8")])

LOOP = np.dtype(
    [
        ("now", "f8"),
        ("sequence", "i8"),
        ("events", "i8"),  # in the heap
        ("spent", "i8"),  # 1 while the heap's first event is the one that has just happened
        ("position", "i8"),  # in the chunk of demand
        ("number", "i8"),  # of the next session
        ("exhausted", "i8"),  # the demand has ended
        ("granting", "i8"),  # the model whose slots, grown at a tick, are granted next
        ("free_request", "i8"),
        ("free_requests", "i8"),
        ("free_turn", "i8"),
        ("free_turns", "i8"),
    ]
)


@kernel
def _schedule(c, heap, time, id):
    # Most events schedule one other, which takes the place of the first: that saves a third of the heap's work.
    if c.spent != 0:
        replace(heap, c.events, time, c.sequence, id)
        c.spent = 0
    else:
        push(heap, c.events, time, c.sequence, id)
        c.events += 1
    c.sequence += 1


@kernel
def _schedule_request(w, c, heap, i, state, time):
    r = w.requests[nth(i)]
    r.state, r.sequence = state, c.sequence
    _schedule(c, heap, time, i)


@kernel
def _take(w, c):
    i = c.free_request
    c.free_request = w.requests[nth(i)].next
    c.free_requests -= 1
    return i


@kernel
def _free(w, c, i):
    r = w.requests[nth(i)]
    r.next, r.sequence = c.free_request, NONE
    c.free_request = i
    c.free_requests += 1


@kernel
def _enqueue(w, m, i):
    s, r = w.stations[nth(m)], w.requests[nth(i)]
    r.next, r.previous = NONE, s.tail
    if s.tail == NONE:
        s.head = i
    else:
        w.requests[nth(s.tail)].next = i
    s.tail = i


@kernel
def _unlink(w, m, i):
    s, r = w.stations[nth(m)], w.requests[nth(i)]
    if r.previous == NONE:
        s.head = r.next
    else:
        w.requests[nth(r.previous)].next = r.next
    if r.next == NONE:
        s.tail = r.previous
    else:
        w.requests[nth(r.next)].previous = r.previous


@entry
def run(w, loop, heap, pending, sessions, turns, until):
    """Carry traffic until just before ``until`` or until something is needed; returns one of the codes above."""
    c, p = loop[0], w.params[0]
    pause = c.sequence + PAUSE_EVENTS
    while True:
        if c.spent != 0:
            pop(heap, c.events)
            c.events -= 1
            c.spent = 0
        if c.sequence >= pause:
            return PAUSE
        if c.free_requests < SPARE_REQUESTS:
            return NEED_REQUESTS
        if c.events + len(w.models) + p.retries + 8 > len(heap):
            return NEED_EVENTS
        if p.logging != 0 and w.logged[0] + p.retries + 2 > len(w.log):
            return NEED_LOG
        if c.exhausted == 0 and c.position >= len(sessions):
            return NEED_DEMAND

        # 1. The next event: what its session does next, whether it gives a slot back, and who takes it.
        action, i, releases, wasted, takes = NOTHING, NONE, NONE, False, NONE
        context, output = 0.0, 0.0
        if c.granting < len(w.models):
            s = w.stations[nth(c.granting)]
            if s.busy >= w.models[nth(c.granting)].slots or s.queued == 0:
                c.granting += 1
                continue
            takes = s.head
            _unlink(w, c.granting, takes)
            hold_slots(w, c.granting, 1, -1)
        else:
            arrival = sessions[nth(c.position)].at if c.position < len(sessions) else math.inf
            due = heap[0].time
            if min(arrival, due) >= until:
                return DONE
            if arrival <= due:
                opened = sessions[nth(c.position)]
                if c.free_turns < opened.turns:
                    return NEED_TURNS
                c.now = arrival
                i = _take(w, c)
                if begin_session(w, i, c.number, opened):
                    action = ASK
                    asked = turns[nth(opened.first_turn)]
                    context, output = asked.context, asked.output
                    _keep_turns(w, c, pending, turns, i, opened.first_turn + 1, opened.first_turn + opened.turns)
                else:
                    _free(w, c, i)
                c.position += 1
                c.number += 1
            else:
                i, sequence = heap[0].id, heap[0].sequence
                c.spent = 1
                if i >= 0 and w.requests[nth(i)].sequence != sequence:
                    continue  # the timer of a wait that has ended
                c.now = due
                if i < 0:
                    _health_event(w, c, heap, i)
                    continue
                r = w.requests[nth(i)]
                if r.state == THINKING:
                    action = ASK
                    at = r.row
                    asked = pending[nth(at)]
                    context, output = asked.context, asked.output
                    r.row = asked.next
                    _free_turn(c, pending, at)
                elif r.state == BACKING_OFF:
                    action = TRY
                elif r.state == WAITING:
                    action = SETTLE
                    if p.cancel != 0:
                        _unlink(w, r.model, i)
                        hold_slots(w, r.model, 0, -1)
                    else:
                        # The work keeps its place in the queue; the session moves to a fresh row.
                        moved = _take(w, c)
                        _copy(w, moved, i)
                        r.state, r.sequence = ABANDONED, NONE
                        i = moved
                    w.requests[nth(i)].outcome = Outcome.TIMEOUT
                elif r.state == SERVING:
                    action, releases = SETTLE, r.model
                elif r.state == LATE:
                    action = SETTLE
                    if p.cancel != 0:
                        releases, wasted = r.model, True
                else:  # BURNING
                    releases, wasted = r.model, True

        now = c.now
        if releases != NONE:
            s = w.stations[nth(releases)]
            book(w, releases, w.requests[nth(i)].served, now, wasted)
            if s.queued > 0 and s.busy <= w.models[nth(releases)].slots:
                takes = s.head
                _unlink(w, releases, takes)
                hold_slots(w, releases, 0, -1)
            else:
                hold_slots(w, releases, -1, 0)
            if w.requests[nth(i)].state == BURNING:
                _free(w, c, i)

        # 2. What the session does next, until it waits for something; or until it takes a slot at once.
        at_once = NONE
        while action != NOTHING:
            if action == ASK:
                begin_turn(w, i, context, output, now)
                action = TRY
            if action == TRY:
                m = begin_attempt(w, i, now)
                r, s = w.requests[nth(i)], w.stations[nth(m)]
                if s.busy < w.models[nth(m)].slots:
                    hold_slots(w, m, 1, 0)
                    at_once = i
                    action = NOTHING
                elif s.queued >= p.queue_limit:
                    r.outcome = Outcome.REJECTED
                    action = SETTLE
                else:
                    hold_slots(w, m, 0, 1)
                    _enqueue(w, m, i)
                    r.state = WAITING
                    r.sequence = NONE
                    if r.deadline < math.inf:
                        _schedule_request(w, c, heap, i, WAITING, r.deadline)
                    action = NOTHING
            if action == SETTLE:
                time = end_attempt(w, i, now)
                r = w.requests[nth(i)]
                if time > 0.0:
                    eject(w, r.model)
                    _schedule(c, heap, now + time, -2 - r.model)
                action = FINISH
                if failed(r.outcome):
                    wait = retry_wait(w, i, now)
                    if wait == 0.0:
                        action = TRY
                    elif wait > 0.0:
                        _schedule_request(w, c, heap, i, BACKING_OFF, now + wait)
                        action = NOTHING
            if action == FINISH:
                r = w.requests[nth(i)]
                if end_turn(w, i, now):
                    turn = pending[nth(r.row)]
                    _schedule_request(w, c, heap, i, THINKING, max(now + turn.think, turn.not_before))
                else:
                    end_session(w, i)
                    while r.row != NONE:
                        at = r.row
                        r.row = pending[nth(at)].next
                        _free_turn(c, pending, at)
                    _free(w, c, i)
                action = NOTHING

        # 3. Services that start: first of the session itself, then of who takes the slot that it gave back.
        for start in range(2):
            i = at_once if start == 0 else takes
            if i == NONE:
                continue
            end = start_service(w, i, now)
            r = w.requests[nth(i)]
            if r.state == ABANDONED and start == 1:
                _schedule_request(w, c, heap, i, BURNING, end)
            elif r.outcome != Outcome.TIMEOUT:
                _schedule_request(w, c, heap, i, SERVING, end)
            else:
                if p.cancel == 0:
                    # The session leaves at its deadline; the work burns its slot to the end.
                    work = _take(w, c)
                    _copy(w, work, i)
                    _schedule_request(w, c, heap, work, BURNING, end)
                _schedule_request(w, c, heap, i, LATE, r.deadline)


@kernel
def _copy(w, to, of):
    w.requests[to] = w.requests[of]


@kernel
def _keep_turns(w, c, pending, turns, i, first, end):
    """Link the turns first .. end of the demand to request ``i``, in order."""
    last = NONE
    w.requests[nth(i)].row = NONE
    for number in range(first, end):
        at, asked = c.free_turn, turns[nth(number)]
        kept = pending[nth(at)]
        c.free_turn = kept.next
        c.free_turns -= 1
        kept.think, kept.not_before, kept.next = asked.think, asked.not_before, NONE
        kept.context, kept.output = asked.context, asked.output
        if last == NONE:
            w.requests[nth(i)].row = at
        else:
            pending[nth(last)].next = at
        last = at


@kernel
def _free_turn(c, pending, at):
    pending[nth(at)].next = c.free_turn
    c.free_turn = at
    c.free_turns += 1


@kernel
def _health_event(w, c, heap, id):
    """A model returns, or Envoy's sweep is due."""
    if id != SWEEP:
        restore(w, -2 - id)
        return
    set_thresholds(w)
    for m in range(len(w.models)):
        if outlier(w, m):
            time = envoy_time(w.params[0], w.stations[m])
            eject(w, m)
            _schedule(c, heap, c.now + time, -2 - m)
        next_interval(w.stations[m])
    _schedule(c, heap, c.now + w.params[0].interval_s, SWEEP)
