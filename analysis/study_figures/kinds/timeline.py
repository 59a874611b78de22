"""Columns of the timeline over days."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from analysis.columns import columns, unit
from analysis.run import Run
from analysis.spans import window_means
from analysis.study import Study
from analysis.study_figures.curves import curves
from analysis.study_figures.gathered import Gathered
from analysis.study_figures.kind import kind
from analysis.study_figures.panel import styles
from analysis.study_figures.series import lines, over_runs, split

WINDOWS = 60
"""At most so many means over as many rows each: bands of more cannot be told from their noise."""


def _draw(study: Study, held: Gathered) -> Figure:
    figure, (*_, last) = curves(held.heads, held.x, held.values, styles(study, held.lines, held.factor))
    last.set_xlim(0, None)
    last.set_xlabel(held.axis)
    return figure


@kind(
    "Mean over seeds by day, with 95 % bands",
    form="lines",
    drawn=_draw,
    measures=columns("timeline")[1:],
    tables=["timeline"],
    by=False,
)
def timeline(study: Study, measures: Sequence[str], by: str | None = None) -> Gathered:
    """A panel for each column, a band for each arm, or level of ``by``."""
    factor = split(study, by)
    drawn = lines(study, factor)
    every = ("day", *measures)

    def means(run: Run) -> np.ndarray:
        return window_means(np.column_stack([run["timeline"][name] for name in every]), WINDOWS).ravel(order="F")

    stacked = over_runs(study, drawn, means)
    x, found = {}, {}
    for name, values in stacked.items():
        day, *found[name] = np.split(values, 1 + len(measures), axis=1)
        x[name] = np.nanmax(day, axis=0)  # the days of all runs are alike; a seed may be missing
    heads = [(name, "" if unit("timeline", name) == "1" else unit("timeline", name)) for name in measures]
    return Gathered(heads, drawn, factor, x, found, "time (days)")
