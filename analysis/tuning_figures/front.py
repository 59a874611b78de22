"""The settings that were tried again, by two objectives at a time."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.study import unit
from analysis.study_figures.panel import head
from analysis.study_figures.series import fold
from analysis.style import BLUE, CYCLE, GREY, THOUSANDS, panels
from analysis.tuning import Tuning

TITLE = (
    "Settings in worlds that no trial saw, with 95 % intervals over these worlds: tuned ones, those of random search, "
    "and what is recommended"
)

_PLAIN = {"tuned": ("o", BLUE), "random": ("s", GREY)}
_MARKS = "D^v*PX"
_ACROSS = 54


def draw(tuning: Tuning) -> Figure:
    """A panel for each further objective against the first; of one objective alone, its intervals."""
    first, *others = tuning.objectives
    figure, axes = panels(max(1, len(others)), 2.5 * max(1, len(others)) + 0.5, shared=bool(others))
    wide = tuning.front.pivot(index=["name", "search", "role"], columns="measure", values=["estimate", "low", "high"])
    wide = wide.reindex(tuning.settings["name"], level="name").reset_index()
    for one, other in zip(axes, others or [None], strict=True):
        _panel(one, wide, first, other)
    if others:
        axes[-1].set_xlabel(fold(_named(first, tuning), _ACROSS))
    handles, texts = axes[0].get_legend_handles_labels()
    figure.legend(handles, texts, loc="outside lower center", ncols=2, handletextpad=0.3, columnspacing=1.0)
    for one, other in zip(axes, others or [first], strict=True):
        head(one, _named(other, tuning))
    return figure


def _panel(axes: Axes, wide: pd.DataFrame, first: str, other: str | None) -> None:
    seen: set[str] = set()
    roles = list(dict.fromkeys(role for role in wide["role"] if role))
    for i, (_, row) in enumerate(wide.iterrows()):
        role, search = row["role"].item(), row["search"].item()
        mark, colour = _PLAIN.get(search, ("o", GREY))
        label, size = search, 3.0
        if role:
            label, size = role, 5.5
            at = roles.index(role)
            mark, colour = _MARKS[at % len(_MARKS)], CYCLE[(at + 1) % len(CYCLE)]
        x = (row["estimate", first], row["low", first], row["high", first])
        y = (row["estimate", other], row["low", other], row["high", other]) if other else (i, i, i)
        axes.plot([x[1], x[2]], [y[0], y[0]], color=colour, lw=0.7, alpha=0.8)
        axes.plot([x[0], x[0]], [y[1], y[2]], color=colour, lw=0.7, alpha=0.8)
        axes.plot(x[0], y[0], mark, color=colour, ms=size, mfc=colour if search != "random" else "white", ls="none",
                  label=None if label in seen else label, zorder=3 if role else 2)  # fmt: skip
        seen.add(label)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(THOUSANDS)
    axes.yaxis.set_major_formatter(THOUSANDS)
    if other is None:
        axes.set_yticks([])


def _named(objective: str, tuning: Tuning) -> str:
    """The measure with its unit, how worlds are taken together, and which way is better."""
    of = f" ({unit(objective)})" if unit(objective) else ""
    return f"{objective}{of}, {tuning.across(objective)}, {tuning.better(objective)} is better"
