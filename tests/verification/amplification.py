"""Retry amplification in theory: the load that one station carries when what fails comes again.

An attempt under Poisson load Λ fails with probability f(Λ). With at most R retries a turn makes A = 1 + f + … + f^R
attempts, so the offered load λ that belongs to a carried load Λ is

    Λ = λ·A(f(Λ)),   or   λ(Λ) = Λ / A(f(Λ)),

exact in the limit of long, memoryless backoff, where retries in orbit turn into Poisson load (Cohen, "Basic problems of
telephone traffic theory and the influence of repeated calls", Philips Telecommunication Review 18, 1957). Where λ(Λ)
falls, there are three branches: a good state, a bad state, and a threshold between them; its folds bound the band of
offered loads with two stable states.

Goodput g = Λ·(1 - f) tells when that can be: A = (1 - f^(R+1))/(1 - f), so λ = g / (1 - f^(R+1)), and since f rises
with Λ, λ can fall only where g falls. Without retries (R = 0), or without wasted work (g never falls), it does not.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammainc, gammaincc, gammaln


def attempts(f, retries):
    """A = 1 + f + … + f^R: attempts per turn when each fails with probability f and R = ``retries`` may follow."""
    return sum(np.asarray(f, float) ** k for k in range(retries + 1))


@dataclass(frozen=True)
class Wasteful:
    """Abandoned work keeps its place and burns its slot: M/M/c/c+K, whatever its users do. They wait τ at most, service
    included, so an attempt fails if it is turned away or done only after τ. Times in mean service times.
    """

    slots: int  # c
    room: int  # K
    patience: float  # τ, fixed

    def seen(self, load: float) -> np.ndarray:
        """Probability that an arrival finds n = 0 … c+K requests: the stationary law (arrivals see time averages)."""
        n = np.arange(self.slots + self.room + 1)
        served = np.minimum(n, self.slots)
        return _normalised(n * np.log(load) - gammaln(served + 1) - (n - served) * np.log(self.slots))

    def late(self, t: float) -> np.ndarray:
        """P(wait + service > t) of who finds n = 0 … c+K-1: n-c+1 departures at rate c, then one service at rate 1."""
        c, ahead = self.slots, np.arange(1, self.room + 1)
        if c == 1:
            return np.append(np.exp(-t), gammaincc(ahead + 1, t))
        # P(E > t) + P(E <= t < E + S), E Erlang(n-c+1, c): the second by tilting E's density by e^s.
        within = np.log(np.maximum(gammainc(ahead, (c - 1) * t), 1e-300))
        waits = gammaincc(ahead, c * t) + np.exp(ahead * np.log(c / (c - 1)) - t + within)
        return np.append(np.full(c, np.exp(-t)), waits)

    def failing(self, load: float) -> float:
        """f(Λ)."""
        seen = self.seen(load)
        return float(seen[-1] + seen[:-1] @ self.late(self.patience))

    def held(self, load: float) -> float:
        """D(Λ): mean time that a user spends on an attempt, min(wait + service, τ); none if turned away."""
        t, seen = np.linspace(0.0, self.patience, 201), self.seen(load)[:-1]
        return float(np.trapezoid([seen @ self.late(s) for s in t], t))


@dataclass(frozen=True)
class Cancelling:
    """Abandoned work is cancelled, patience is Exp with mean τ and covers service: everyone in the system leaves at
    rate 1/τ, in service also at rate 1. A birth-death process (Erlang-A that goes on in service); f = E[n]/(τΛ).
    """

    slots: int
    patience: float

    def failing(self, load: float) -> float:
        """f(Λ)."""
        n = np.arange(1, int(3 * (self.slots + self.patience * load)) + 50)
        leaving = np.minimum(n, self.slots) + n / self.patience
        seen = _normalised(np.append(0.0, np.cumsum(np.log(load / leaving))))
        return float(seen[1:] @ n / (self.patience * load))


def _normalised(log_weight: np.ndarray) -> np.ndarray:
    weight = np.exp(log_weight - log_weight.max())
    return weight / weight.sum()


@dataclass(frozen=True)
class Storm:
    """A station under retries: λ(Λ) without budget, and with the budgets whose bound is a formula."""

    station: Wasteful | Cancelling
    retries: int
    backoff: float = np.inf  # mean, in mean service times
    ratio: float | None = None  # of Finagle's or of Envoy's budget
    floor: float = 0.0  # Finagle's: retries per time; Envoy's: retries at once
    active: bool = False  # Envoy's budget

    def offered(self, load: float) -> float:
        """λ(Λ): the offered load at which the station carries ``load``."""
        free = load / float(attempts(self.station.failing(load), self.retries))
        if self.ratio is None:
            return free
        if not self.active:  # Λ <= λ·(1 + ratio) + floor
            return max(free, (load - self.floor) / (1.0 + self.ratio))
        # Turns in retry <= max(floor, ratio·active turns), each an attempt per backoff and D: active = λ·D + in retry.
        held = self.station.held(load)
        share = self.ratio / (1.0 - self.ratio) * held / (self.backoff + held)
        return max(free, min(load / (1.0 + share), load - self.floor / (self.backoff + held)))

    def curve(self, highest: float, points: int = 800) -> tuple[np.ndarray, np.ndarray]:
        """(Λ, λ(Λ)) on a grid of Λ up to ``highest``."""
        loads = np.linspace(highest / points, highest, points)
        return loads, np.array([self.offered(load) for load in loads])

    def states(self, offered: float, highest: float) -> list[float]:
        """Attempts per turn A in every state at the ``offered`` load: good, threshold, bad; or one alone."""
        loads, reached = self.curve(highest)
        across = np.flatnonzero(np.diff(reached > offered))
        return [brentq(lambda x: self.offered(x) - offered, loads[k], loads[k + 1]) / offered for k in across]

    def band(self, highest: float) -> tuple[float, float] | None:
        """The folds of λ(Λ): the offered loads between which two states are stable; None if there is only one."""
        _, offered = self.curve(highest)
        crest = np.maximum.accumulate(offered)
        deepest = int(np.argmax(crest - offered))
        if crest[deepest] - offered[deepest] < 1e-3 * crest[deepest]:
            return None
        return float(offered[deepest:].min()), float(crest[deepest])
