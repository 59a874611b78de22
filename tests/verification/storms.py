"""A retry storm in the data plane: one station under retries, started empty or overloaded, or ramped up and down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.records import N
from tests.verification.amplification import Storm, Wasteful
from tests.verification.drive import stepped
from tests.verification.network import carry, models, settings

KICK, KICK_S = 3.0, 100.0  # the burst that overloads: load in units of capacity, and its length
HIGHEST = 1.2  # load in units of capacity, up to which an edge is searched for


@dataclass(frozen=True)
class Setup:
    """One station: exponential service with mean 1 s on ``slots`` slots; its users, their retries, and a remedy.

    Loads are offered turns in units of the capacity, ``slots`` turns per s.
    """

    slots: int = 10
    room: int = 200  # requests that may wait: twice the patience's worth of work
    patience: float = 10.0  # s, fixed, covers wait and service
    retries: int = 3
    backoff: float = 10.0  # s, mean of the memoryless wait
    remedy: Mapping = field(default_factory=dict)  # keys of the configuration that it changes

    def config(self, seed: int):
        """The configuration: timeouts and rejections are retried, abandoned work burns its slot."""
        storm = dict(
            retry__retries=self.retries, retry__kinds=["timeout", "rejected"], retry__backoff="constant",
            retry__base_s=self.backoff, retry__jitter="memoryless", service__patience="fixed",
            service__patience_s=self.patience, service__queue_limit=self.room, service__cancel=False,
        )  # fmt: skip
        return settings(1.0, seed=seed, **storm | dict(self.remedy))

    def theory(self, **budget) -> Storm:
        """The fixed point of the same station, its ``budget`` as in ``Storm``; without cancelling alone."""
        return Storm(Wasteful(self.slots, self.room, self.patience), self.retries, self.backoff, **budget)

    def band(self, **budget) -> tuple[float, float] | None:
        """Its band of two stable states, in units of the capacity; None where there is one state only."""
        band = self.theory(**budget).band(self.slots * (self.retries + 2))
        return band and (band[0] / self.slots, band[1] / self.slots)

    def success(self, loads: Sequence[float], step_s: float, seed: int, settle: float = 0.5) -> np.ndarray:
        """(steps, 2): share of turns answered and attempts per turn, by step of ``loads``, after ``settle`` of each."""
        rates, parts = np.asarray(loads) * self.slots, 10
        run = carry(self.config(seed), models(slots=self.slots), step_s * len(rates), ticks=parts * len(rates),
                    chunks=stepped(seed, rates, step_s), log=False)  # fmt: skip
        network = np.array([w.network for w in run.windows]).reshape(len(rates), parts, -1)
        n = network[:, int(settle * parts) :].sum(axis=1)
        return np.stack([n[:, N.OK] / (n[:, N.OK] + n[:, N.FAILED]), n[:, N.ATTEMPTS] / n[:, N.TURNS]], axis=1)

    def ends_well(self, load: float, kicked: bool, seed: int, span_s: float) -> bool:
        """Whether most turns are answered at the end of ``span_s`` at ``load``, after a burst where ``kicked``."""
        steps = int(np.ceil(span_s / KICK_S))
        loads = np.full(1 + steps, load)
        if kicked:
            loads[0] = KICK
        return bool(self.success(loads, KICK_S, seed, settle=0.0)[-steps // 5 :, 0].mean() > 0.5)

    def edge(self, kicked: bool, seed: int, span_s: float, halvings: int = 8) -> float:
        """The load above which a run ends badly within ``span_s``, by bisection; ``HIGHEST`` where none up to it does.

        Started empty it is the band's upper edge, overloaded its lower one. A seed has one demand at every load.
        """
        low, high = 0.0, HIGHEST
        if self.ends_well(high, kicked, seed, span_s):
            return high
        for _ in range(halvings):
            middle = (low + high) / 2
            low, high = (middle, high) if self.ends_well(middle, kicked, seed, span_s) else (low, middle)
        return (low + high) / 2


def budget(kind: str, **values) -> dict:
    """The key of a retry budget, what it does not need at zero."""
    plain = dict(ratio=0.0, floor=0.0, window_s=10.0, capacity=0.0, cost=0.0, timeout_cost=0.0, refund=0.0)
    return {"retry__budget": {"kind": kind, **plain, **values}}


FINAGLE = budget("ratio", ratio=0.2, floor=10.0)
FINAGLE_UNFLOORED = budget("ratio", ratio=0.2)
ENVOY = budget("active", ratio=0.2, floor=3.0)
GRPC = budget("throttle", capacity=10.0, cost=1.0, refund=0.1)
AWS = budget("quota", capacity=500.0, cost=5.0, timeout_cost=10.0, refund=1.0)
"""The budgets of the presets (conf/retry), and Finagle's without its floor of ten retries per s."""
CANCEL = {"service__cancel": True}
SHORT_QUEUE = {"service__queue_limit": 50}
