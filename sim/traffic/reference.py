"""The reference plane: one SimPy process per session. The definition of what traffic means.

What happens at each instant is in ``session``; here is when. Three priorities order what happens at one instant:
ticks, then arrivals, then (in the order of their scheduling) everything else. State changes at once; whoever is woken
by it goes on after the one who woke it, but before anything else.
"""

from collections import deque

import simpy
from simpy.core import NORMAL, URGENT

from sim.records import Outcome
from sim.traffic import health, session
from sim.traffic.dispatch import replay_all
from sim.traffic.plane import ARRIVAL, TICK, Plane, at


class Ticket:
    """A place in a model's queue: of a session that waits, or of work that its session has abandoned."""

    def __init__(self, env: simpy.Environment, request: int):
        self.request = request
        self.granted = env.event()

    def wake(self, value: bool, priority: int = URGENT) -> None:
        """Resume whoever waits for the ticket, before anything else that is due now; True if a slot is granted."""
        self.granted._ok, self.granted._value = True, value
        self.granted.env.schedule(self.granted, priority)


class ReferenceTraffic(Plane):
    """The data plane as SimPy processes in ``env``."""

    TOURNAMENT = False

    def start(self) -> None:
        self.queues: list[deque[Ticket]] = []
        self.free: list[int] = []
        self.env.process(self._source())
        if self.config.router.health == "envoy":
            self.env.process(self._sweeps(float(self.world.params["interval_s"][0])))

    def published(self) -> None:
        self.queues += [deque() for _ in range(len(self.world.models) - len(self.queues))]
        health.recount_all(self.world)
        replay_all(self.world)
        for m, queue in enumerate(self.queues):
            while queue and self.world.stations[m]["busy"] < self.world.models[m]["slots"]:
                session.hold_slots(self.world, m, 1, -1)
                queue.popleft().wake(True, TICK)

    def advance(self, until: float) -> simpy.Event:
        return at(self.env, until, TICK)

    # arrivals

    def _source(self):
        number = 0
        for sessions, turns in self.chunks:
            for row in sessions:
                yield at(self.env, row["at"], ARRIVAL)
                first = row["first_turn"]
                self.env.process(self._session(number, row, turns[first : first + row["turns"]]))
                number += 1

    def _row(self) -> int:
        """A free row of the world's requests."""
        if not self.free:
            old = len(self.world.requests)
            self.resize_requests(2 * old + 1024)
            self.free = list(range(old, len(self.world.requests)))
        return self.free.pop()

    # a session, its turns, its attempts

    def _session(self, number: int, row, turns):
        i = self._row()
        if session.begin_session(self.world, i, number, row):
            for turn in turns:
                if self.world.requests[i]["turn"] > 0:
                    yield self._at(max(self.env.now + turn["think"], turn["not_before"]))
                session.begin_turn(self.world, i, turn["context"], turn["output"], self.env.now)
                yield from self._turn(i)
                if not session.end_turn(self.world, i, self.env.now):
                    break
            session.end_session(self.world, i)
        self.free.append(i)

    def _turn(self, i: int):
        while True:
            yield from self._attempt(i)
            if not session.failed(self.world.requests[i]["outcome"]):
                return
            wait = session.retry_wait(self.world, i, self.env.now)
            if wait < 0:
                return
            if wait > 0:
                yield self._at(self.env.now + wait)

    def _attempt(self, i: int):
        m = session.begin_attempt(self.world, i, self.env.now)
        station = self.world.stations[m]
        if station["busy"] < self.world.models[m]["slots"]:
            session.hold_slots(self.world, m, 1, 0)
            yield from self._service(i, m)
        elif station["queued"] >= self.world.params[0]["queue_limit"]:
            self.world.requests[i]["outcome"] = Outcome.REJECTED
        else:
            yield from self._wait(i, m)
        if self.log and self.world.logged[0] == len(self.world.log):
            self.flush_log()
        time = session.end_attempt(self.world, i, self.env.now)
        if time > 0:
            self._eject(m, time)

    def _wait(self, i: int, m: int):
        """Wait for a slot, at most until the deadline."""
        session.hold_slots(self.world, m, 0, 1)
        ticket = Ticket(self.env, i)
        self.queues[m].append(ticket)
        deadline = self.world.requests[i]["deadline"]
        if deadline < float("inf"):
            self._at(deadline).callbacks.append(lambda _: None if ticket.granted.triggered else ticket.wake(False))
        if (yield ticket.granted):
            yield from self._service(i, m)
        elif self.config.service.cancel:
            self.queues[m].remove(ticket)
            session.hold_slots(self.world, m, 0, -1)
            self.world.requests[i]["outcome"] = Outcome.TIMEOUT
        else:
            self.world.requests[i]["outcome"] = Outcome.TIMEOUT
            self._abandon(ticket, m)

    def _service(self, i: int, m: int):
        """Serve the request on a slot it holds."""
        request = self.world.requests[i]
        since = self.env.now
        end = session.start_service(self.world, i, since)
        late = request["outcome"] == Outcome.TIMEOUT
        if late and not self.config.service.cancel:
            self._at(end).callbacks.append(lambda _: self._release(m, since, wasted=True))
            yield self._at(request["deadline"])
        else:
            yield self._at(request["deadline"] if late else end)
            self._release(m, since, wasted=late)

    def _abandon(self, ticket: Ticket, m: int) -> None:
        """Leave the work its place in the queue, on a fresh row; it will burn its slot for nobody."""
        work = self._row()
        self.world.requests[work] = self.world.requests[ticket.request]
        ticket.request, ticket.granted = work, self.env.event()
        self.env.process(self._burn(ticket, m))

    def _burn(self, ticket: Ticket, m: int):
        yield ticket.granted
        since = self.env.now
        yield self._at(session.start_service(self.world, ticket.request, since))
        self.free.append(ticket.request)
        self._release(m, since, wasted=True)

    def _release(self, m: int, since: float, *, wasted: bool) -> None:
        """Give a slot back, or on to the next in the queue."""
        session.book(self.world, m, since, self.env.now, wasted)
        if self.queues[m] and self.world.stations[m]["busy"] <= self.world.models[m]["slots"]:
            session.hold_slots(self.world, m, 0, -1)
            self.queues[m].popleft().wake(True)
        else:
            session.hold_slots(self.world, m, -1, 0)

    # health

    def _eject(self, m: int, time: float) -> None:
        health.eject(self.world, m)
        self._at(self.env.now + time).callbacks.append(lambda _: health.restore(self.world, m))

    def _sweeps(self, interval: float):
        start = self.env.now
        while True:
            yield self._at(start + interval)
            start = self.env.now
            health.set_thresholds(self.world)
            for m in range(len(self.world.models)):
                if health.outlier(self.world, m):
                    self._eject(m, health.envoy_time(self.world.params[0], self.world.stations[m]))
                health.next_interval(self.world.stations[m])

    def _at(self, time: float) -> simpy.Event:
        return at(self.env, time, NORMAL)
