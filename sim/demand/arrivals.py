"""When sessions arrive: a unit-rate Poisson process, run through the integral of the rate (M1).

With Λ(t) = ∫₀ᵗ λ and a unit-rate Poisson process u₁ < u₂ < …, the times Λ⁻¹(u) form a Poisson process of rate λ(t):
exactly, without thinning and without cutting long gaps. ``poisson`` has a constant λ. In ``modulated`` (a Cox
process) log λ is a sum of Ornstein-Uhlenbeck components on a daily cycle, normalised to the same mean.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import count

import numpy as np

from sim.compiling import entry
from sim.demand.sessions import CHUNK
from sim.errors import InputError
from sim.streams import ARRIVAL, RATE, generator, uniforms
from sim.units import DAY_S

POINTS = 8192
"""Steps of the rate's path that are drawn together."""

FINE = 4
"""Steps per relaxation time, at least: the piecewise constant path's autocovariance is then within 1 % of the exact."""

LONGEST_STEP_S = 64.0
SHORTEST_TAU_S = 0.01


def poisson(seed: int, rate: float) -> Iterator[np.ndarray]:
    """Arrival times in s of a Poisson process of ``rate`` per s, ``CHUNK`` at a time, without end."""
    for unit in _unit_process(seed):
        yield unit / rate


def modulated(seed: int, rate: float, sigma: Sequence[float], tau_s: Sequence[float], cycle: float = 0.0,
              cycle_peak_h: float = 0.0, horizon_s: float = math.inf) -> Iterator[np.ndarray]:  # fmt: skip
    """Arrival times in s of a Cox process of mean ``rate`` per s, ``CHUNK`` at a time, without end.

    ``sigma`` and ``tau_s`` are the sd and relaxation time (s) of each component of the log-rate, ``cycle`` the
    amplitude of the daily cycle, which peaks ``cycle_peak_h`` hours after the run starts. Past ``horizon_s``, where
    nobody looks, the rate is its mean. Raises ``InputError`` where a relaxation time is below ``SHORTEST_TAU_S``.
    """
    for i, tau in enumerate(tau_s):
        if tau < SHORTEST_TAU_S:
            raise InputError(f"demand.tau_s[{i}]: found {tau:g}; allowed is a number from {SHORTEST_TAU_S:g} (s)")
    if not any(sigma) and not cycle:
        return poisson(seed, rate)
    path = _Path(seed, rate, sigma, tau_s, cycle, cycle_peak_h, horizon_s)
    return map(path.when, _unit_process(seed))


def until(end: float, process: Iterator[np.ndarray]) -> np.ndarray:
    """The arrival times of ``process`` before ``end`` s."""
    kept = []
    for at in process:
        kept.append(at[at < end])
        if at[-1] >= end:
            break
    return np.concatenate(kept)


def _unit_process(seed: int) -> Iterator[np.ndarray]:
    last = 0.0
    for chunk in count():
        number = chunk * CHUNK + np.arange(CHUNK)
        points = last - np.cumsum(np.log(uniforms(seed, ARRIVAL, number, np.zeros(CHUNK, int))[0]))
        last = points[-1]
        yield points


@entry
def _relax(x, rho, state):
    """AR(1) in place: x[i] becomes rho·x[i-1] + x[i]; returns the last value."""
    for i in range(x.size):
        state = rho * state + x[i]
        x[i] = state
    return state


class _Path:
    """The integrated rate, a block of ``POINTS`` steps at a time: the state is one number per component."""

    def __init__(self, seed, rate, sigma, tau_s, cycle, cycle_peak_h, horizon_s):
        self.seed, self.rate, self.horizon_s = seed, rate, horizon_s
        self.cycle, self.peak_s = cycle, cycle_peak_h * 3600
        self.components = [(s, tau) for s, tau in zip(sigma, tau_s, strict=True) if s > 0]
        shortest = min((tau / FINE for _, tau in self.components), default=LONGEST_STEP_S)
        self.step = 2.0 ** math.floor(math.log2(min(shortest, LONGEST_STEP_S)))
        # E[exp X] = exp(σ²/2); the mean over a day of exp(cycle·cos) is the Bessel function I₀.
        self.log_mean = sum(s * s / 2 for s, _ in self.components) + math.log(np.i0(cycle))
        self.state = [0.0] * len(self.components)
        self.block = -1
        self.times = np.zeros(1)
        self.integral = np.zeros(1)

    def when(self, unit: np.ndarray) -> np.ndarray:
        """Λ⁻¹ of increasing points ``unit``, which continue where the last call ended; in s."""
        at = np.empty_like(unit)
        done = 0
        while True:
            upto = np.searchsorted(unit, self.integral[-1])
            at[done:upto] = np.interp(unit[done:upto], self.integral, self.times)
            if upto == unit.size:
                return at
            done = upto
            self._advance()

    def _advance(self) -> None:
        self.block += 1
        start, before = self.times[-1], self.integral[-1]
        if start >= self.horizon_s:
            self.times = np.array([start, start + 1e6 * CHUNK / self.rate])
            self.integral = np.array([before, before + 1e6 * CHUNK])
            return
        self.times = (self.block * POINTS + np.arange(POINTS + 1)) * self.step
        log_rate = np.full(POINTS, -self.log_mean)
        for index, (sigma, tau) in enumerate(self.components):
            log_rate += self._component(index, sigma, tau)
        if self.cycle:
            middle = self.times[:-1] + self.step / 2
            log_rate += self.cycle * np.cos(2 * np.pi / DAY_S * (middle - self.peak_s))
        self.integral = np.empty(POINTS + 1)
        self.integral[0] = before
        np.cumsum(np.exp(log_rate) * (self.rate * self.step), out=self.integral[1:])
        self.integral[1:] += before

    def _component(self, index: int, sigma: float, tau: float) -> np.ndarray:
        # A slow component needs fewer points: each is held for a power of two of steps.
        held = 2 ** max(0, min(math.floor(math.log2(tau / (2 * FINE * self.step))), int(math.log2(POINTS))))
        rho = math.exp(-held * self.step / tau)
        x = generator(self.seed, RATE, self.block, index).standard_normal(POINTS // held)
        x[1 if self.block == 0 else 0 :] *= math.sqrt(1 - rho * rho)  # the first point is stationary
        x *= sigma
        self.state[index] = _relax(x, rho, self.state[index])
        return np.repeat(x, held)
