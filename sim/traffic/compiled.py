"""The compiled plane: arrays for the loop of ``kernel``, and what it asks for in between."""

import numpy as np
import simpy

from sim.records import SESSION, TURN
from sim.traffic import kernel
from sim.traffic.dispatch import replay_all
from sim.traffic.health import recount_all
from sim.traffic.heap import empty
from sim.traffic.plane import TICK, Plane, at
from sim.traffic.state import NONE


class CompiledTraffic(Plane):
    """The data plane as a Numba kernel, advanced from tick to tick."""

    TOURNAMENT = True

    def start(self) -> None:
        self.loop = np.zeros(1, kernel.LOOP)
        self.loop["free_request"] = self.loop["free_turn"] = NONE
        self.heap = empty(1024)
        self.pending = np.zeros(0, kernel.PENDING)
        self.sessions, self.turns = np.zeros(0, SESSION), np.zeros(0, TURN)
        self._more_requests(1024)
        self._more_turns(1024)
        if self.config.router.health == "envoy":
            self._schedule_sweep()

    def published(self) -> None:
        recount_all(self.world)
        replay_all(self.world)
        self.loop["granting"], self.loop["now"] = 0, self.env.now

    def advance(self, until: float) -> simpy.Event:
        while (
            need := kernel.run(self.world, self.loop, self.heap, self.pending, self.sessions, self.turns, until)
        ) != kernel.DONE:
            self._provide(need)
        return at(self.env, until, TICK)

    def _provide(self, need: int) -> None:
        if need == kernel.PAUSE:
            return
        if need == kernel.NEED_DEMAND:
            chunk = next(self.chunks, None)
            if chunk is None:
                self.loop["exhausted"] = 1
            else:
                self.sessions, self.turns = chunk
                self.loop["position"] = 0
        elif need == kernel.NEED_REQUESTS:
            self._more_requests(max(1024, len(self.world.requests)))
        elif need == kernel.NEED_TURNS:
            self._more_turns(max(len(self.pending), int(self.sessions["turns"].max())))
        elif need == kernel.NEED_EVENTS:
            self._more_events()
        else:
            self.flush_log()

    def _more_requests(self, rows: int) -> None:
        old = len(self.world.requests)
        self.resize_requests(old + rows)
        self.world.requests["next"][old:] = np.append(np.arange(old + 1, old + rows), self.loop["free_request"][0])
        self.world.requests["sequence"][old:] = NONE
        self.loop["free_request"] = old
        self.loop["free_requests"] += rows

    def _more_turns(self, rows: int) -> None:
        old = len(self.pending)
        fresh = np.zeros(rows, kernel.PENDING)
        fresh["next"] = np.append(np.arange(old + 1, old + rows), self.loop["free_turn"][0])
        self.pending = np.concatenate([self.pending, fresh])
        self.loop["free_turn"] = old
        self.loop["free_turns"] += rows

    def _more_events(self) -> None:
        """Throw the timers of waits that have ended away; only then make the heap larger."""
        events = self.heap[: self.loop["events"][0]]
        rows = np.maximum(events["id"], 0)
        live = (events["id"] < 0) | (self.world.requests["sequence"][rows] == events["sequence"])
        kept = np.sort(events[live], order=["time", "sequence"])  # sorted, it is a heap
        room = 2 * (len(kept) + len(self.world.models)) + int(self.world.params["retries"][0]) + 1024
        if room > len(self.heap):
            self.heap = empty(room)
        self.heap["time"][len(kept) :] = np.inf
        self.heap[: len(kept)] = kept
        self.loop["events"] = len(kept)

    def _schedule_sweep(self) -> None:
        self.heap[0] = (self.world.params["interval_s"][0], 0, kernel.SWEEP)
        self.loop["events"] = self.loop["sequence"] = 1
