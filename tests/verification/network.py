"""The data plane alone, for laws of queues: a configuration stripped to one effect, models built by hand.

``settings`` starts from the shipped configuration with one domain, plain sessions of one turn, certain success,
exponential service without patience, no retries; a law then sets what it is about. Times are in s, rates in 1/s.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import simpy

from sim.config import Config
from sim.demand import open_demand
from sim.demand.arrivals import DAY_S
from sim.records import ATTEMPT, MODEL, Counters
from sim.response import median_logit
from sim.traffic.compiled import CompiledTraffic
from tests.configs import config

BARE = dict(
    warmup_days=0, horizon_days=6_000,
    demand__domains=1, demand__edge=0, demand__adversarial=0, demand__turns_mean=1, demand__think_median_s=0,
    demand__tolerance=0, calibration__kappa=0, calibration__xi=0, population__models=1, service__noise="exponential",
    service__patience="none", service__queue_limit=None, response__follow=0, response__recap=0,
    response__drift_hazard=0, response__detect=1, response__leave=0, router__sticky=False, evidence__audit=0,
)  # fmt: skip


def settings(rate: float, *groups: str, seed: int = 1, **keys) -> Config:
    """The bare configuration with turns offered at ``rate`` per s, ``keys`` with ``__`` for a dot, e.g.
    ``settings(0.8, "retry=openai", seed=3, service__noise="fixed")``."""
    chosen = {group.split("=")[0] for group in groups}
    defaults = [group for group in ("demand=poisson", "retry=none") if group.split("=")[0] not in chosen]
    return config(*defaults, *groups, **BARE | {"seed": seed, "demand__rate": rate * DAY_S} | keys)


def models(count: int = 1, *, mean_s: float = 1.0, slots: int = 1, ability=1.0, spread=0.0, **columns) -> np.ndarray:
    """``count`` models (MODEL) that serve in ``mean_s`` on average, whatever the tokens, and succeed with ``ability``.

    ``ability`` and ``spread`` may be arrays, one value a model; 1 succeeds always. ``columns`` sets others of MODEL.
    """
    made = np.zeros(count, MODEL)
    made["uid"] = made["lineage"] = 1 + np.arange(count)
    made["ttft"], made["speed"], made["slots"], made["window"] = mean_s, np.inf, slots, 8192.0
    ability, spread = np.broadcast_to(ability, count).astype(float), np.broadcast_to(spread, count).astype(float)
    made["spread"] = spread[:, None]
    certain = ability >= 1.0
    mu = median_logit(np.where(certain, 0.5, ability), spread)
    made["mu"] = np.where(certain, np.inf, mu)[:, None]
    for name, value in columns.items():
        made[name] = value
    return made


@dataclass(frozen=True)
class Run:
    """One run of the data plane."""

    config: Config
    log: np.ndarray  # ATTEMPT, in order of ending; empty where it was not asked for
    windows: list[Counters]  # one a tick
    ends: np.ndarray  # s: the ticks at which they were collected
    until: float  # s: nothing arrives from here on

    def after(self, warmup: float) -> np.ndarray:
        """The logged attempts that started in [warmup, until)."""
        return self.log[(self.log["started"] >= warmup) & (self.log["started"] < self.until)]

    @property
    def models(self) -> np.ndarray:
        """Counters of the whole run by model: (M, len(C))."""
        return sum(w.models for w in self.windows)

    @property
    def network(self) -> np.ndarray:
        """Counters of the whole run: (len(N),)."""
        return sum(w.network for w in self.windows)


def carry(
    config: Config,
    models: np.ndarray,
    until: float,
    *,
    weight: np.ndarray | None = None,
    ticks: int = 1,
    drain_s: float = 0.0,
    chunks: Iterator | None = None,
    log: bool = True,
    at_tick: Callable[[CompiledTraffic, int], None] | None = None,
) -> Run:
    """Carry the demand that arrives before ``until`` s; then, over ``drain_s`` more, what is still in the network.

    ``weight`` (M,) is equal by default, ``chunks`` replaces the configured demand, counters are collected at ``ticks``
    equally spaced instants (and after the drain), ``at_tick`` may publish anew at the start of window 0, 1, ...
    """
    env, pieces, windows = simpy.Environment(), [], []
    demand = _before(until, open_demand(config).chunks() if chunks is None else chunks)
    traffic = CompiledTraffic(env, config, demand, pieces.append if log else None)
    ends = until * np.arange(1, ticks + 1) / ticks
    if drain_s:
        ends = np.append(ends, until + drain_s)

    def run():
        traffic.publish(models, np.ones(len(models)) if weight is None else weight)
        for window, end in enumerate(ends):
            if at_tick:
                at_tick(traffic, window)
            yield traffic.advance(float(end))
            windows.append(traffic.collect())

    env.run(env.process(run()))
    return Run(config, np.concatenate(pieces) if pieces else np.zeros(0, ATTEMPT), windows, ends, until)


def _before(until: float, chunks: Iterator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for sessions, turns in chunks:
        kept = np.searchsorted(sessions["at"], until)
        yield sessions[:kept], turns
        if kept < len(sessions):
            return
