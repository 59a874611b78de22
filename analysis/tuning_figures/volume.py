"""How the hypervolume grew over trials, beside random search."""

from matplotlib.figure import Figure

from analysis.study_figures.panel import head
from analysis.style import BLUE, GREY, label_right, panels
from analysis.tuning import Tuning

TITLE = "Hypervolume of the feasible trials so far, as the search saw it, beside random search at equal cost"

COLOURS = {"tuned": BLUE, "random": GREY}


def draw(tuning: Tuning) -> Figure:
    """A line for each search."""
    figure, (axes,) = panels(1, 2.0)
    ends = {}
    for search, held in tuning.trials.groupby("search", sort=False):
        axes.step(held["trial"] + 1, held["hypervolume"], where="post", color=COLOURS[search],
                  ls="-" if search == "tuned" else "--")  # fmt: skip
        ends[search] = held["hypervolume"].iloc[-1]
    axes.set(xlim=(0, tuning.trials["trial"].max() + 1), xlabel="trials")
    axes.set_ylim(bottom=0)
    head(axes, "hypervolume", "1: all that the first batch spans")
    figure.draw_without_rendering()
    label_right(axes, list(ends.values()), list(ends), [COLOURS[search] for search in ends])
    return figure
