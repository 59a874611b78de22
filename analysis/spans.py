"""Spans of time: the last third of a run, how long each developer was there, means over windows of a timeline."""

import numpy as np

from analysis.run import Run

LATE = "2 / 3 * timeline.day.iloc[-1]"
"""`late_begin` as pandas says it, for recipes."""
DAYS_THERE = "developers.left_day.fillna(timeline.day.iloc[-1]) - developers.arrived_day"
"""`days_there` as pandas says it."""


def late_begin(run: Run) -> float:
    """The day after which the last third of the run is."""
    return 2 / 3 * run["timeline"]["day"][-1]


def days_there(run: Run) -> np.ndarray:
    """Days between arrival and leaving or the end, (developers,); NaN for who never arrived."""
    left = run["developers"]["left_day"]
    return np.where(np.isnan(left), run["timeline"]["day"][-1], left) - run["developers"]["arrived_day"]


def window_means(values: np.ndarray, most: int) -> np.ndarray:
    """Means over at most ``most`` windows of as many rows each, without NaN: (rows, …) become (windows, …)."""
    values = np.asarray(values, float)
    starts = np.arange(0, len(values), max(1, -(-len(values) // most)))
    seen = np.isfinite(values)
    many = np.add.reduceat(seen.astype(float), starts)
    sums = np.add.reduceat(np.where(seen, values, 0.0), starts)
    return np.divide(sums, many, out=np.full_like(sums, np.nan), where=many > 0)
