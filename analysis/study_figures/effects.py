"""Every decisive effect beside its placebos and guards."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.study import Study, unit
from analysis.study_figures.panel import LINE_IN, head, zero
from analysis.study_figures.series import fold
from analysis.study_words import EFFECT, PLACEBO, standing
from analysis.style import BLUE, GREY, PALE, SMALL_PT, THOUSANDS, VERMILION, panels

_COLOURS = {"supported": BLUE, "reversed": VERMILION, "no effect": "black", "undecided": GREY}
_MARKS = {EFFECT: "o", PLACEBO: "D"}
_WORLD = 22
"""Characters of a line of the name of a placebo or a guard."""


TITLE = (
    "Each decisive effect with its 95 % interval, its placebos and guards below it; shaded: smaller than the smallest "
    "effect of interest"
)


def draw(study: Study) -> Figure:
    """A panel for each decisive measure, on an axis of its own."""
    blocks = [rows.reset_index(drop=True) for _, rows in study.findings.groupby("number", sort=True)]
    names = [[_name(row) for row in rows.itertuples()] for rows in blocks]
    lines = [sum(name.count("\n") + 1.4 for name in held) for held in names]
    figure, axes = panels(len(blocks), sum(n * LINE_IN + 0.55 for n in lines), lines, shared=False)
    for one, rows, held in zip(axes, blocks, names, strict=True):
        _block(one, rows, held)
    return figure


def _name(row) -> str:
    return "effect" if row.role == EFFECT else fold(f"{row.role}: {row.world}", _WORLD)


def _block(axes: Axes, rows: pd.DataFrame, names: list[str]) -> None:
    lines = np.array([name.count("\n") + 1.4 for name in names])
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
        axes.text(1.02, y, standing(row), transform=axes.get_yaxis_transform(), color=colour, va="center",
                  fontsize=SMALL_PT, fontweight=weight)  # fmt: skip
    axes.set(ylim=(lines.sum(), 0), xlim=_limits(rows, smallest))
    axes.set_yticks(at, names)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(THOUSANDS)
    first = rows.iloc[0]
    head(axes, first["measure"], unit(first["measure"]), f"{first['contrast']}, expected {first['expected']}")


def _limits(rows: pd.DataFrame, smallest: float) -> tuple[float, float]:
    """All intervals and the band, with a little room; without any interval the band."""
    ends = np.append(rows[["low", "high"]].to_numpy(float).ravel(), [-smallest, smallest])
    low, high = np.nanmin(ends), np.nanmax(ends)
    room = 0.06 * (high - low)
    return low - room, high + room
