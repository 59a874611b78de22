"""Every decisive effect beside its placebos and guards."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.study import Study, unit
from analysis.study_figures.panel import LINE_IN, head, zero
from analysis.study_figures.series import fold
from analysis.study_words import EFFECT, PLACEBO
from analysis.style import BLUE, GREY, PAGE_IN, PALE, SMALL_PT, THOUSANDS, VERMILION, panels

_COLOURS = {"supported": BLUE, "reversed": VERMILION, "no effect": "black", "undecided": GREY}
_MARKS = {EFFECT: "o", PLACEBO: "D"}
_HIGH_IN = 8.5
"""A figure higher than this is set in two columns."""

_WORLD = 22
"""Characters of a line of the name of a placebo or a guard."""

TITLE = (
    "Each decisive effect with its 95 % interval, its placebos and guards below it; shaded: smaller than the smallest "
    "effect of interest"
)


def draw(study: Study) -> Figure:
    """A panel for each decisive measure, on an axis of its own; in two columns where one would not fit a page."""
    blocks = [rows for _, rows in study.findings.groupby("number", sort=True)]
    heights = [_lines(rows).sum() * LINE_IN + 0.55 for rows in blocks]
    total = sum(heights)
    if total <= _HIGH_IN or len(blocks) == 1:
        figure, axes = panels(len(blocks), total, heights, shared=False)
    else:
        highest = [max(sum(heights[:n]), sum(heights[n:])) for n in range(1, len(heights))]
        left = 1 + int(np.argmin(highest))
        figure = Figure(figsize=(PAGE_IN, min(highest)), layout="constrained")
        axes = []
        for column, held in zip(figure.subfigures(1, 2), (heights[:left], heights[left:]), strict=True):
            axes += column.subplots(len(held), 1, squeeze=False, height_ratios=held)[:, 0].tolist()
    for one, rows in zip(axes, blocks, strict=True):
        _block(one, rows)
    return figure


def _name(row) -> str:
    return "effect" if row.role == EFFECT else fold(f"{row.role}: {row.world}", _WORLD)


def _lines(rows: pd.DataFrame) -> np.ndarray:
    """How many lines of text each row takes."""
    return np.array([_name(row).count("\n") + 1.4 for row in rows.itertuples()])


def _block(axes: Axes, rows: pd.DataFrame) -> None:
    lines = _lines(rows)
    at = np.cumsum(lines) - lines / 2
    smallest = float(rows["smallest"].iloc[0])
    axes.axvspan(-smallest, smallest, color=PALE, lw=0, zorder=0)
    zero(axes)
    for y, row in zip(at, rows.itertuples(), strict=True):
        colour = _COLOURS[row.verdict] if row.role != PLACEBO else GREY
        axes.plot([row.low, row.high], [y, y], color=colour, lw=1.4 if row.role == EFFECT else 0.9)
        axes.plot(
            row.estimate, y, _MARKS.get(row.role, "s"), color=colour, ms=4.5 if row.role == EFFECT else 3.5, mew=0.9,
            mfc=colour if row.role == EFFECT else "white",
        )  # fmt: skip
        weight = "bold" if row.role == EFFECT else "normal"
        axes.text(1.02, y, row.standing, transform=axes.get_yaxis_transform(), color=colour, va="center",
                  fontsize=SMALL_PT, fontweight=weight)  # fmt: skip
    axes.set(ylim=(lines.sum(), 0), xlim=_limits(rows, smallest))
    axes.set_yticks(at, [_name(row) for row in rows.itertuples()])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(THOUSANDS)
    first = rows.iloc[0]
    head(axes, first["measure"], unit(first["measure"]), f"expected {first['expected']}", first["contrast"])


def _limits(rows: pd.DataFrame, smallest: float) -> tuple[float, float]:
    """All intervals and the band, with a little room; without any interval the band."""
    ends = np.append(rows[["low", "high"]].to_numpy(float).ravel(), [-smallest, smallest])
    low, high = np.nanmin(ends), np.nanmax(ends)
    room = 0.06 * (high - low)
    return low - room, high + room
