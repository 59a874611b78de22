"""M1 Demand: the sessions that arrive at the network, the same ones in every arm of a study."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from sim.config import Config
from sim.demand.arrivals import DAY_S, modulated, poisson
from sim.demand.sessions import Mix, on_grid


class Demand(Protocol):
    """Sessions in order of arrival; session ids are running numbers across chunks.

    ``horizon_s`` is where the demand ends of itself, in s: just after a trace's last row; None where it is endless.
    """

    horizon_s: float | None

    def chunks(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Pairs (SESSION rows by ``at``, their TURN rows), from the first session on at each call."""


def open_demand(config: Config) -> Demand:
    """The demand that ``config.demand.kind`` names; a trace is read and checked whole before this returns.

    Raises ``InputError`` where the trace is unreadable or invalid.
    """
    if config.demand.kind == "trace":
        from sim.demand.replay import Replay  # pandas: only where a trace is read

        return Replay(config)
    return Synthetic(config)


class Synthetic:
    """Sessions of the ``poisson`` and ``modulated`` kinds: endless."""

    horizon_s = None

    def __init__(self, config: Config):
        self._config = config
        self._mix = Mix(config.demand, config.seed, config.service.grid_bits)
        self._times()  # bad settings are found before the run starts

    def chunks(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for chunk, at in enumerate(self._times()):
            sessions = self._mix.sessions(chunk)
            sessions["at"] = on_grid(at, self._config.service.grid_bits)
            yield sessions, self._mix.turns(sessions, chunk)

    def _times(self) -> Iterator[np.ndarray]:
        c, d = self._config, self._config.demand
        rate = d.rate / d.turns_mean / DAY_S
        if d.kind == "poisson":
            return poisson(c.seed, rate)
        horizon_s = float("inf") if c.horizon_days is None else c.horizon_days * DAY_S
        return modulated(c.seed, rate, d.sigma, d.tau_s, d.cycle, d.cycle_peak_h, horizon_s)
