"""Measures of runs by arm."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.study import Study, unit
from analysis.study_figures.kind import OF_RUNS, kind
from analysis.study_figures.panel import LINE_IN, head, styles
from analysis.study_figures.series import band, fold, lines, measured, split
from analysis.style import GREY, SMALL_PT, THOUSANDS, panels


@kind("Mean over seeds by arm, with 95 % intervals; each seed a thin line", measures=OF_RUNS, by=False)
def arms(study: Study, measures: tuple[str, ...], by: str | None = None) -> Figure:
    """A panel for each measure; a thin line joins what one world came to under each arm, or level of ``by``."""
    factor = split(study, by)
    drawn = lines(study, factor)
    names = [fold(name, 22) for name in drawn]
    colours = [style["color"] for style in styles(study, drawn, factor).values()]
    rows = np.array([name.count("\n") + 1.4 for name in names])
    at = np.cumsum(rows) - rows / 2
    figure, axes = panels(len(measures), len(measures) * (rows.sum() * LINE_IN + 0.55), shared=False)
    for one, measure in zip(axes, measures, strict=True):
        values = np.column_stack([measured(study, measure, held) for held in drawn.values()])
        for seed in values:
            seen = np.isfinite(seed)
            one.plot(seed[seen], at[seen], color=GREY, lw=0.4, alpha=min(0.5, 8 / len(values)), marker=".", ms=2)
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
        head(one, measure, unit(measure))
    return figure
