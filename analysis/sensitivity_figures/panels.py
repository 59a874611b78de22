"""A panel for each output."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.sensitivity.result import Result
from analysis.study import unit
from analysis.study_figures.panel import head
from analysis.style import PAGE_IN, WIDTH_IN

_STACKED = 3
"""More panels than this are set in two columns."""


def grid(heights: Sequence[float]) -> tuple[Figure, list[Axes]]:
    """So many panels of these heights (inches), one below the other, or in two columns of a page."""
    n = len(heights)
    if n <= _STACKED:
        figure = Figure(figsize=(WIDTH_IN, sum(heights)), layout="constrained")
        return figure, figure.subplots(n, 1, squeeze=False, height_ratios=heights)[:, 0].tolist()
    half = (n + 1) // 2
    rows = [max(heights[i : i + 1] + heights[i + half : i + half + 1]) for i in range(half)]
    figure, axes = Figure(figsize=(PAGE_IN, sum(rows)), layout="constrained"), []
    for column in figure.subfigures(1, 2):
        axes += column.subplots(half, 1, squeeze=False, height_ratios=rows)[:, 0].tolist()
    for spare in axes[n:]:
        spare.set_axis_off()
    return figure, axes[:n]


def title(axes: Axes, result: Result, label: str, more: str = "") -> None:
    """Write the output above its panel: its measure with ``more``, and what of it is compared."""
    said = next(one for one in result.said["outputs"] if one["label"] == label)
    measure = f"{said['measure']} - {said['minus']}" if said["minus"] else said["measure"]
    head(axes, measure, unit(said["measure"]), more, said["contrast"])
