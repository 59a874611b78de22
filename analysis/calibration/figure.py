"""The figure of ``prediction``: pass^k observed against predicted, and against independent trials."""

from pathlib import Path
from typing import BinaryIO

import pandas as pd

_PREDICTED, _INDEPENDENT = "#0072B2", "#D55E00"  # blue and vermilion of Okabe and Ito: distinct to the colour-blind
_WIDTH_IN = 3.4


def draw_prediction(
    table: pd.DataFrame, target: str | Path | BinaryIO, judged: str = "all", k: int | None = None
) -> None:
    """Draw a table of ``prediction.predict``: one point per model at pass^``k`` (default: its highest), and save it.

    Bars are the 95 % interval in which the observed value should fall. The suffix of ``target`` chooses the format; an
    open file gets a PNG.
    """
    from matplotlib.figure import Figure  # heavy, and only needed here

    rows = table[table["judged"] == judged]
    rows = rows[rows["k"] == (rows.groupby("model")["k"].transform("max") if k is None else k)]
    figure = Figure(figsize=(_WIDTH_IN, _WIDTH_IN * 0.9), dpi=200, layout="constrained")
    axes = figure.subplots()
    top = max(0.1, float(rows[["observed", "high"]].max().max())) * 1.05
    axes.plot([0, top], [0, top], color="0.6", lw=0.8, zorder=0)
    bars = [rows["predicted"] - rows["low"], rows["high"] - rows["predicted"]]
    x, wide = rows["observed"], {"clip_on": False, "zorder": 3}
    axes.errorbar(x, rows["predicted"], yerr=bars, fmt="o", ms=4, lw=1, color=_PREDICTED, label="fitted", **wide)
    axes.plot(x, rows["independent"], "^", ms=5, mfc="none", color=_INDEPENDENT, label="independent trials", **wide)
    ks = sorted(rows["k"].unique())
    name = f"pass$^{{{ks[0]}}}$" if len(ks) == 1 else f"pass$^k$, k = {', '.join(map(str, ks))}"
    axes.set(xlim=(0, top), ylim=(0, top))
    axes.set_xlabel(f"observed {name}", fontsize=9)
    axes.set_ylabel(f"predicted {name}", fontsize=9)
    axes.tick_params(labelsize=8)
    axes.legend(fontsize=8, frameon=False, loc="upper left")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.savefig(target)
