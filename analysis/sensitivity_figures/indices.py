"""What moves each output most, beside the dummy."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.sensitivity.analysing import MORRIS
from analysis.sensitivity.morris import LUCK, MU_STAR
from analysis.sensitivity.noise import DUMMY
from analysis.sensitivity.result import Result
from analysis.sensitivity.sobol import FIRST, TOTAL
from analysis.sensitivity.words import ranked, wide
from analysis.sensitivity_figures.panels import grid, title
from analysis.study_figures.panel import LINE_IN, zero
from analysis.style import BLUE, GREY, ORANGE, THOUSANDS, VERMILION, say

OF_MORRIS = (
    "Mean absolute elementary effect of the parameters that move each output most, over their whole range, with 95 % "
    "bootstrap intervals; bar: what luck alone would make of it; line: what other seeds would do, at most (97.5 %)"
)
OF_SOBOL = (
    "Total (filled) and first-order (hollow) Sobol indices of the parameters that move each output most, without the "
    "noise of seeds, with 95 % bootstrap intervals"
)

_MOST = 8


def draw(result: Result) -> Figure:
    """A panel for each output: a line for each of its strongest parameters, and the dummy below them."""
    own = {label: result.indices[result.indices["output"] == label] for label in result.labels}
    names = {label: ranked(rows, _MOST) for label, rows in own.items()}
    figure, axes = grid([len(held) * 1.5 * LINE_IN + 0.75 for held in names.values()])
    for one, (label, rows) in zip(axes, own.items(), strict=True):
        _panel(one, wide(rows).loc[names[label]], result.method)
        title(one, result, label)
    return figure


def _panel(axes: Axes, held, method: str) -> None:
    at = np.arange(len(held), dtype=float)
    zero(axes)
    colours = [GREY if name == DUMMY else BLUE for name in held.index]
    if method == MORRIS:
        _points(axes, at, held[MU_STAR], colours, True)
        axes.barh(at, held[LUCK]["estimate"], height=0.7, color=ORANGE, alpha=0.4, lw=0, zorder=0.6)
        axes.axvline(held[LUCK]["high"][DUMMY], color="black", lw=0.6, ls=(0, (2, 2)), zorder=0.7)
        axes.set_xlabel("mu*, in units of the output")
    else:
        _points(axes, at - 0.15, held[TOTAL], colours, True)
        _points(axes, at + 0.2, held[FIRST], [GREY if name == DUMMY else VERMILION for name in held.index], False)
        axes.set_xlabel("share of variance")
    if held.isna().all(axis=None):
        say(axes, "nothing varies but luck")
    axes.set_ylim(len(held) - 0.4, -0.6)
    axes.set_yticks(at, list(held.index))
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(THOUSANDS)


def _points(axes: Axes, at: np.ndarray, held, colours: list[str], filled: bool) -> None:
    for y, row, colour in zip(at, held.itertuples(), colours, strict=True):
        axes.plot([row.low, row.high], [y, y], color=colour, lw=1.2 if filled else 0.8)
        axes.plot(row.estimate, y, "o", color=colour, ms=3.5, mfc=colour if filled else "white", mew=0.9)
