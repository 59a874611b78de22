"""Columns of the timeline over days."""

import numpy as np
from matplotlib.figure import Figure

from analysis.columns import columns, unit
from analysis.run import Run
from analysis.study import Study
from analysis.study_figures.curves import curves
from analysis.study_figures.kind import kind
from analysis.study_figures.panel import styles
from analysis.study_figures.series import lines, over_runs, split

WINDOWS = 60
"""At most so many means over as many rows each: bands of more cannot be told from their noise."""


@kind("Mean over seeds by day, with 95 % bands", measures=columns("timeline")[1:], tables=["timeline"], by=False)
def timeline(study: Study, measures: tuple[str, ...], by: str | None = None) -> Figure:
    """A panel for each column, a band for each arm, or level of ``by``."""
    factor = split(study, by)
    drawn = lines(study, factor)
    stacked = over_runs(study, drawn, lambda run: np.concatenate([_means(run, name) for name in ("day", *measures)]))
    found = {}
    for name, values in stacked.items():
        day, *each = np.split(values, 1 + len(measures), axis=1)
        found[name] = np.nanmax(day, axis=0), each  # the days of all runs are alike; a seed may be missing
    heads = [(name, "" if unit("timeline", name) == "1" else unit("timeline", name)) for name in measures]
    figure, (*_, last) = curves(heads, found, styles(study, drawn, factor))
    last.set_xlim(0, None)
    last.set_xlabel("time (days)")
    return figure


def _means(run: Run, column: str) -> np.ndarray:
    """Means of a column over windows of as many rows each, without rows in which it is not defined: (windows,)."""
    values = np.asarray(run["timeline"][column], float)
    starts = np.arange(0, len(values), -(-len(values) // WINDOWS))
    seen = np.isfinite(values)
    many = np.add.reduceat(seen.astype(float), starts)
    return np.divide(
        np.add.reduceat(np.where(seen, values, 0.0), starts), many, out=np.full(len(starts), np.nan), where=many > 0
    )
