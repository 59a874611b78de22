"""Who gets the traffic: Lorenz curves of routed turns over models and over developers, with Gini coefficients."""

import numpy as np
from matplotlib.figure import Figure

from analysis.indices import gini, lorenz
from analysis.run import Run
from analysis.style import BLUE, GREY, SMALL_PT, VERMILION, label_right, panels, say

_LABELLED = 0.88
"""The share of holders at which the lines from the labels meet the curves: all curves end alike."""

TITLE = "Lorenz curves of routed turns after warm-up, without the house models"


def draw(run: Run) -> Figure:
    """Holders from the smallest to the largest; the house belongs to nobody and is left out."""
    figure, (axes,) = panels(1, 2.5)
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", anchor="W")
    axes.set_xlabel("share of holders, smallest first")
    axes.set_ylabel("share of routed turns")
    models, developers = (_turns(run, table) for table in ("models", "developers"))
    if not models.sum():
        say(axes, "after warm-up no turn went\nto a developer's model")
        return figure
    axes.plot([0, 1], [0, 1], color=GREY, lw=0.6)
    axes.text(0.3, 0.32, "equal shares", rotation=45, rotation_mode="anchor", color=GREY, fontsize=SMALL_PT)
    heights, names, colours = [], [], (VERMILION, BLUE)
    for turns, name, colour in zip((developers, models), ("developer", "model"), colours, strict=True):
        curve, holders = lorenz(turns), np.linspace(0, 1, len(turns) + 1)
        axes.plot(holders, curve, color=colour)
        heights.append(float(np.interp(_LABELLED, holders, curve)))
        names.append(f"{len(turns):,} {name}{'s' * (len(turns) != 1)}\nGini {gini(turns):.3f}")
    figure.draw_without_rendering()  # the layout decides how high the panel is
    for place, height, colour in zip(label_right(axes, heights, names, colours), heights, colours, strict=True):
        axes.plot([_LABELLED, 1.015], [height, place], color=colour, lw=0.5, clip_on=False)
    return figure


def _turns(run: Run, table: str) -> np.ndarray:
    rows = run[table]
    return rows["turns_after_warmup"][rows["developer"] >= 0].astype(float)
