"""How far what was found still moves with the number of worlds."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullFormatter, NullLocator

from analysis.sensitivity.analysing import CONVERGENCE, MORRIS, SIGNS
from analysis.sensitivity.morris import MU_STAR
from analysis.sensitivity.noise import DUMMY
from analysis.sensitivity.result import Result
from analysis.sensitivity.sobol import TOTAL
from analysis.sensitivity.words import ranked
from analysis.sensitivity_figures.panels import grid, title
from analysis.study_figures.panel import label_lines
from analysis.style import BLUE, CYCLE, GREY, THOUSANDS

OF_INDICES = "The strongest indices of each output and the dummy's, with 95 % intervals, from parts of the design"
OF_SHARES = "Share of worlds in which each finding keeps its sign, with Wilson 95 % intervals, from parts of the design"

_MOST = 4


def draw(result: Result) -> Figure:
    """A panel for each output, over the number of worlds."""
    figure, axes = grid([1.35] * len(result.labels))
    held, named = result.tables[CONVERGENCE], []
    for one, label in zip(axes, result.labels, strict=True):
        own = held[held["output"] == label]
        lines = dict(_lines(result, label, own))
        ends = _panel(one, lines, sorted(own["worlds"].unique().tolist()))
        named.append((one, ends, {name: {"color": colour} for name, (colour, _) in lines.items()}))
        title(one, result, label)
        one.set_xlabel("worlds")
        if result.method == SIGNS:
            one.set(ylim=(-0.04, 1.04), ylabel="share kept")
        else:
            one.set_ylabel("mu*" if result.method == MORRIS else "total index")
    if result.method != SIGNS:
        for one, ends, styles in named:
            label_lines(figure, [one], [ends], styles)
    return figure


def _lines(result: Result, label: str, own: pd.DataFrame) -> Iterator[tuple[str, tuple[str, pd.DataFrame]]]:
    """Name → colour, and worlds, estimate, low, high."""
    if result.method == SIGNS:
        names = {"share": "estimate", "share_low": "low", "share_high": "high"}
        yield "share", (BLUE, own.rename(columns=names))
        return
    ours = own[own["index"].isin([MU_STAR, TOTAL])]
    for i, name in enumerate(ranked(result.indices[result.indices["output"] == label], _MOST)):
        yield name, (GREY if name == DUMMY else CYCLE[i], ours[ours["parameter"] == name])


def _panel(axes: Axes, lines: dict[str, tuple[str, pd.DataFrame]], sizes: list[int]) -> dict[str, float]:
    """Draw the lines, those of one size a little apart; where each ends."""
    ends = {}
    for i, (name, (colour, rows)) in enumerate(lines.items()):
        x = rows["worlds"].to_numpy(float) * 1.03 ** (i - (len(lines) - 1) / 2)
        y, low, high = (rows[column].to_numpy(float) for column in ("estimate", "low", "high"))
        axes.plot(x, y, "-o", color=colour, ms=2.5)
        axes.vlines(x, low, high, color=colour, lw=0.8)
        if np.isfinite(y[-1]):
            ends[name] = float(y[-1])
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(THOUSANDS)
    return ends
