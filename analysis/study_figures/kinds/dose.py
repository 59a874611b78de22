"""Measures of runs against a factor of numbers."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from analysis.errors import InputError
from analysis.study import Study, unit
from analysis.study_figures.curves import curves
from analysis.study_figures.gathered import Gathered
from analysis.study_figures.kind import OF_RUNS, kind
from analysis.study_figures.panel import mark, styles
from analysis.study_figures.series import lines, measured

_WIDE = 20.0
"""Doses that are all positive and span more than this factor stand on a logarithmic axis."""


def _draw(study: Study, held: Gathered) -> Figure:
    figure, (*_, last) = curves(held.heads, held.x, held.values, styles(study, held.lines, held.factor))
    if held.log:
        last.set_xscale("log")
        last.minorticks_off()
    mark(last, next(iter(held.x.values())))
    last.set_xlabel(held.axis)
    return figure


@kind(
    "Mean over seeds against the dose, with 95 % bands",
    form="lines",
    drawn=_draw,
    measures=OF_RUNS,
    over=True,
    by=False,
)
def dose(study: Study, measures: Sequence[str], over: str, by: str | None = None) -> Gathered:
    """A panel for each measure, a line for each level of ``by``, averaged over all other factors."""
    if study.own[over].dtype.kind != "f":
        raise InputError(f"{study.folder}: the levels of {over} are no numbers, so no dose can be drawn over it")
    drawn = lines(study, by) if by else {"": study.arms}
    level = study.own.drop_duplicates("arm").set_index("arm")[over]
    doses = np.array(sorted(level.unique()))

    def responses(measure: str, arms: list[str]) -> np.ndarray:
        return np.column_stack([measured(study, measure, [arm for arm in arms if level[arm] == at]) for at in doses])

    found = {name: [responses(measure, arms) for measure in measures] for name, arms in drawn.items()}
    heads, x = [(name, unit(name)) for name in measures], dict.fromkeys(found, doses)
    axis = f"{over} ({study.said['factors'][over]['key']})"
    return Gathered(heads, drawn, by, x, found, axis, log=bool(doses[0] > 0 and doses[-1] > _WIDE * doses[0]))
