"""Which levers matter for reaching the best trials."""

from matplotlib.figure import Figure

from analysis.study_figures.panel import LINE_IN
from analysis.style import CYCLE, PALE, panels
from analysis.tuning import Tuning

TITLE = (
    "Importance of levers: how far their values in the best fifth of all trials are from those in all (PED-ANOVA), as "
    "shares that add up to 1, with the middle 95 % of resamples of the trials"
)

_MARKS = "os^Dv"


def draw(tuning: Tuning) -> Figure | None:
    """A row for each lever, a mark for each objective; None where there were too few trials."""
    held = tuning.importance
    if held.empty:
        return None
    objectives = list(dict.fromkeys(held["objective"]))
    order = held[held["objective"] == objectives[0]].sort_values("importance", kind="stable")["lever"].tolist()
    figure, (axes,) = panels(1, len(order) * (LINE_IN + 0.12) + len(objectives) * LINE_IN + 0.6)
    for i, objective in enumerate(objectives):
        own = held[held["objective"] == objective].set_index("lever").loc[order]
        at = [row + 0.18 * ((len(objectives) - 1) / 2 - i) for row in range(len(order))]  # one above the other
        axes.hlines(at, own["low"], own["high"], color=CYCLE[i % len(CYCLE)], lw=1)
        axes.plot(own["importance"], at, _MARKS[i % len(_MARKS)], color=CYCLE[i % len(CYCLE)], ms=4,
                  mfc="white" if i else None, label=tuning.named(objective))  # fmt: skip
    axes.set_yticks(range(len(order)), order)
    axes.hlines(range(len(order)), 0, held["high"].max(), color=PALE, lw=0.8, zorder=0)
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(left=-0.02)
    axes.set_xlabel("share of importance")
    figure.legend(loc="outside lower left", handletextpad=0.2)
    return figure
