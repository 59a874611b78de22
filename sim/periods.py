"""Periods: the windows that one row of the timeline stands for, so that tables stay bounded however short the tick."""

from dataclasses import replace

import numpy as np

from sim.growth import padded
from sim.records import Counters

MOST_PERIODS = 20_000
"""Rows of the timeline: one a minute for two weeks nearly fit, and a figure could not show more."""
MOST_STANDINGS = 2_000_000
"""Rows of the standings, some 150 bytes each: as many as there are models, at most, in a period."""


def windows_of_a_period(windows: int, models: int) -> int:
    """The fewest windows a period, in a run of ``windows`` with ``models``, that keep both tables in their bounds."""
    most = max(1, min(MOST_PERIODS, MOST_STANDINGS // models))
    return -(-windows // most)


class Period:
    """Windows in a row: counts add up, weights are averaged, and what is in the network is as the last left it."""

    def __init__(self, counters: Counters, weight: np.ndarray):
        self.counters, self._weights, self.windows = counters, weight, 1

    def add(self, counters: Counters, weight: np.ndarray) -> None:
        """The next window, with at least as many models."""
        so_far = self.counters.padded(len(counters.models))
        counts = {name: getattr(so_far, name) + getattr(counters, name) for name in ("models", "network", "latency")}
        self.counters = replace(counters, **counts)
        self._weights = padded(self._weights, len(weight)) + weight
        self.windows += 1

    @property
    def weight(self) -> np.ndarray:
        """(M,): the share of its domain's traffic that each model got, as the mean over the windows."""
        return self._weights / self.windows
