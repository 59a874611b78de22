"""How long an answered turn took: the share of turns that took longer, with median and 99 % quantile."""

import math

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from analysis.measure import in_summary
from analysis.run import Run
from analysis.style import BLUE, SMALL_PT, THOUSANDS, VERMILION, panels, say

TITLE = "Latency of answered turns after warm-up"


def draw(run: Run) -> Figure:
    """The survival function on two logarithmic axes, which show the tail as it is."""
    figure, (axes,) = panels(1, 2.3)
    axes.set_xlabel("latency of a turn, retries included (s)")
    axes.set_ylabel("share of answered\nturns above it")
    bins = run.table("latency", ["latency_low_s", "latency_high_s", "turns"]).sort_values("latency_low_s")
    turns = bins["turns"].to_numpy()
    if not turns.sum():
        say(axes, "no turn was answered after warm-up")
        return figure
    above = 1.0 - np.cumsum(turns) / turns.sum()
    # Bins nobody fell into are not in the table: the function is flat across them.
    at = bins[["latency_low_s", "latency_high_s"]].to_numpy().ravel()
    share = np.column_stack([np.append(1.0, above[:-1]), above]).ravel()
    shown = np.append(share[:-1] > 0, False)
    axes.plot(at[shown], share[shown], color=BLUE)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(0.7 * min(0.01, above[above > 0].min(initial=1.0)), 1.4)
    axes.xaxis.set_major_formatter(THOUSANDS)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:g} %"))
    for name, q in (("p50", 0.5), ("p99", 0.01)):
        value = in_summary(run, f"latency_{name}_s")
        if math.isnan(value):
            continue
        axes.plot(value, q, "o", ms=4, color=VERMILION, zorder=3)
        left = {"xytext": (-6, -2), "textcoords": "offset points", "ha": "right", "va": "top"}
        axes.annotate(f"{name} {_seconds(value)}", (value, q), color=VERMILION, fontsize=SMALL_PT, **left)
    return figure


def _seconds(value: float) -> str:
    return f"{value:,.0f} s" if value >= 100 else f"{value:.3g} s"
