"""Measures of runs by arm."""

from collections.abc import Sequence

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.study import Study, unit
from analysis.study_figures.gathered import Gathered
from analysis.study_figures.kind import OF_RUNS, kind
from analysis.study_figures.panel import LINE_IN, head, styles
from analysis.study_figures.series import band, fold, lines, measured, split
from analysis.style import GREY, SMALL_PT, THOUSANDS, panels


def _draw(study: Study, held: Gathered) -> Figure:
    names = [fold(name, 22) for name in held.values]
    colours = [style["color"] for style in styles(study, held.lines, held.factor).values()]
    rows = np.array([name.count("\n") + 1.4 for name in names])
    at = np.cumsum(rows) - rows / 2
    figure, axes = panels(len(held.heads), len(held.heads) * (rows.sum() * LINE_IN + 0.55), shared=False)
    for one, title, *each in zip(axes, held.heads, *held.values.values(), strict=True):
        values = np.hstack(each)
        thin = {"color": GREY, "alpha": min(0.5, 8 / len(values))}
        worlds = [np.column_stack([seed, at])[np.isfinite(seed)] for seed in values]
        one.add_collection(LineCollection(worlds, lw=0.4, **thin))
        one.plot(*np.concatenate(worlds).T, ".", ms=2, mew=0, **thin)
        for y, colour, mean, low, high in zip(at, colours, *band(values), strict=True):
            if np.isfinite(mean):
                one.plot([low, high], [y, y], color=colour, lw=1.6)
                one.plot(mean, y, "o", color=colour, ms=4.5)
            else:
                one.text(0.5, y, "not defined in two seeds", transform=one.get_yaxis_transform(), color=GREY,
                         fontsize=SMALL_PT, ha="center", va="center",
                         bbox={"color": "white", "pad": 1})  # fmt: skip
        one.set_ylim(rows.sum(), 0)
        one.set_yticks(at, names)
        one.tick_params(axis="y", length=0)
        one.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        one.xaxis.set_major_formatter(THOUSANDS)
        head(one, *title)
    return figure


@kind(
    "Mean over seeds by arm, with 95 % intervals; each seed a thin line",
    form="intervals",
    drawn=_draw,
    measures=OF_RUNS,
    by=False,
)
def arms(study: Study, measures: Sequence[str], by: str | None = None) -> Gathered:
    """A panel for each measure; a thin line joins what one world came to under each arm, or level of ``by``."""
    factor = split(study, by)
    drawn = lines(study, factor)
    found = {name: [measured(study, measure, held)[:, None] for measure in measures] for name, held in drawn.items()}
    x = {name: np.array([name]) for name in found}
    return Gathered([(name, unit(name)) for name in measures], drawn, factor, x, found, "")
