"""The figure of ``prediction``: pass^k observed against predicted, and against independent trials."""

import pandas as pd
from matplotlib.figure import Figure

from analysis.style import BLUE, GREY, VERMILION, label_right, panels

TITLE = "pass^k observed and predicted from the first trials of each task, with 95 % intervals"


def draw_prediction(table: pd.DataFrame, judged: str = "all", k: int | None = None) -> Figure:
    """Draw a table of ``prediction.predict``: one point per model at pass^``k`` (default: its highest).

    Bars are the 95 % interval in which the observed value should fall.
    """
    rows = table[table["judged"] == judged]
    rows = rows[rows["k"] == (rows.groupby("model")["k"].transform("max") if k is None else k)].sort_values("observed")
    figure, (axes,) = panels(1, 2.5)
    top = max(0.1, float(rows[["observed", "high"]].max().max())) * 1.05
    axes.set(xlim=(0, top), ylim=(0, top), aspect="equal", anchor="W")
    axes.plot([0, top], [0, top], color=GREY, lw=0.6, zorder=0)
    bars = [rows["predicted"] - rows["low"], rows["high"] - rows["predicted"]]
    x, wide = rows["observed"], {"clip_on": False, "zorder": 3}
    axes.errorbar(x, rows["predicted"], yerr=bars, fmt="o", ms=3.5, lw=0.9, color=BLUE, **wide)
    axes.plot(x, rows["independent"], "^", ms=4.5, mfc="none", color=VERMILION, **wide)
    ks = sorted(rows["k"].unique())
    name = f"pass$^{{{ks[0]}}}$" if len(ks) == 1 else f"pass$^k$, k = {', '.join(map(str, ks))}"
    axes.set_xlabel(f"observed {name}")
    axes.set_ylabel(f"predicted {name}")
    figure.draw_without_rendering()  # the layout decides how high the panel is
    last = rows.iloc[-1]
    names = ["observed\nas predicted", "from the fit", "from\nindependent\ntrials"]
    label_right(axes, [top, last["predicted"], last["independent"]], names, [GREY, BLUE, VERMILION])
    return figure
