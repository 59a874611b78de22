"""Who gets the traffic: Lorenz curves of routed turns over models and over developers, with Gini coefficients."""

import numpy as np
from matplotlib.figure import Figure

from analysis.indices import gini, lorenz
from analysis.run import Run
from analysis.style import BLUE, GREY, SMALL_PT, VERMILION, panels, say

TITLE = "Lorenz curves of routed turns after warm-up, without the house models"


def draw(run: Run) -> Figure:
    """Holders from the smallest to the largest; the house belongs to nobody and is left out."""
    figure, (axes,) = panels(1, 2.9)
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.set_xlabel("share of holders, smallest first")
    axes.set_ylabel("share of routed turns")
    models, developers = (_turns(run, table) for table in ("models", "developers"))
    if not models.sum():
        say(axes, "after warm-up no turn went\nto a developer's model")
        return figure
    axes.plot([0, 1], [0, 1], color=GREY, lw=0.6)
    axes.text(0.3, 0.32, "equal shares", rotation=45, rotation_mode="anchor", color=GREY, fontsize=SMALL_PT)
    for turns, name, colour in ((models, "model", BLUE), (developers, "developer", VERMILION)):
        curve = lorenz(turns)
        label = f"{len(turns):,} {name}{'s' * (len(turns) != 1)}, Gini {gini(turns):.3f}"
        axes.plot(np.linspace(0, 1, len(curve)), curve, color=colour, label=label)
    axes.legend(loc="upper left", borderaxespad=0.0)
    return figure


def _turns(run: Run, table: str) -> np.ndarray:
    rows = run[table]
    return rows["turns_after_warmup"][rows["developer"] >= 0].astype(float)
