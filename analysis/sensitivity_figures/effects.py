"""The effect of each finding in every world: over what it turns with, or in order."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.intervals import Z95
from analysis.sensitivity.analysing import SIGN_TABLE, TREE
from analysis.sensitivity.noise import own_variance
from analysis.sensitivity.result import Result
from analysis.sensitivity.signs import keeps, sure
from analysis.sensitivity_figures.panels import grid, title
from analysis.style import BLUE, GREY, PALE, THOUSANDS, VERMILION

TITLE = (
    "The effect in each world, mean over its seeds, over the parameter that the tree splits first, or in order where "
    "there is no tree; filled: surely beyond 0; grey: 0 ± 1.96 standard errors from seeds, pooled over worlds; blue: "
    "with the constants as they are, 95 %"
)


def draw(result: Result) -> Figure:
    """A panel for each finding."""
    figure, axes = grid([1.5] * len(result.labels))
    for one, row in zip(axes, result.tables[SIGN_TABLE].itertuples(), strict=True):
        _panel(one, result, row)
        title(one, result, row.output)
    return figure


def _panel(axes: Axes, result: Result, row) -> None:
    held = result.outputs[(result.outputs["output"] == row.output) & (result.outputs["world"] > 0)]
    values = held.pivot(index="world", columns="replicate", values="value").dropna()
    y = values.mean(axis=1).to_numpy()
    certain = sure(y, own_variance(values.to_numpy()))
    nodes = result.tables[TREE]
    first = nodes[(nodes["output"] == row.output) & (nodes["parent"] < 0)]
    if len(first):
        name, threshold = first.iloc[0][["parameter", "threshold"]]
        x = result.design.set_index("world").loc[values.index, name].to_numpy()
        axes.axvline(threshold, color="black", lw=0.6, ls=(0, (2, 2)))
        said = next((one for one in result.said["parameters"] if one["key"] == name), {"scale": "linear"})
        axes.set(xlabel=name, xscale=said["scale"])
    else:
        x = np.argsort(np.argsort(y)) + 1
        axes.set_xlabel("worlds, in the order of the effect")
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.axhspan(-Z95 * row.noise, Z95 * row.noise, color=PALE, lw=0, zorder=0)
    axes.axhline(0, color=GREY, lw=0.6, zorder=0.5)
    axes.axhspan(row.low, row.high, color=BLUE, alpha=0.15, lw=0, zorder=0.4)
    axes.axhline(row.estimate, color=BLUE, lw=0.8, zorder=0.6)
    kept = keeps(row.sign, y)
    for which, mark, colour in ((kept, "o", BLUE), (~kept, "D", VERMILION)):
        for filled, face in ((certain, colour), (~certain, "white")):
            here = which & filled
            axes.plot(x[here], y[here], mark, color=colour, ms=2.8, mew=0.6, mfc=face)
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(THOUSANDS)
    axes.set_ylabel("effect")
