"""Measures of runs against a factor of numbers."""

import numpy as np
from matplotlib.figure import Figure

from analysis.errors import InputError
from analysis.study import Study, unit
from analysis.study_figures.curves import curves
from analysis.study_figures.kind import OF_RUNS, kind
from analysis.study_figures.panel import mark, styles
from analysis.study_figures.series import lines, measured

_WIDE = 20.0
"""Doses that are all positive and span more than this factor stand on a logarithmic axis."""


@kind("Mean over seeds against the dose, with 95 % bands", measures=OF_RUNS, over=True, by=False)
def dose(study: Study, measures: tuple[str, ...], over: str, by: str | None = None) -> Figure:
    """A panel for each measure, a line for each level of ``by``, averaged over all other factors."""
    if study.own[over].dtype.kind != "f":
        raise InputError(f"{study.folder}: the levels of {over} are no numbers, so no dose can be drawn over it")
    drawn = lines(study, by) if by else {"": study.arms}
    level = study.own.drop_duplicates("arm").set_index("arm")[over]
    doses = np.array(sorted(level.unique()))

    def responses(measure: str, arms: list[str]) -> np.ndarray:
        return np.column_stack([measured(study, measure, [arm for arm in arms if level[arm] == at]) for at in doses])

    found = {name: (doses, [responses(measure, arms) for measure in measures]) for name, arms in drawn.items()}
    figure, (*_, last) = curves([(name, unit(name)) for name in measures], found, styles(study, drawn, by))
    if doses[0] > 0 and doses[-1] > _WIDE * doses[0]:
        last.set_xscale("log")
        last.minorticks_off()
    mark(last, doses)
    last.set_xlabel(f"{over} ({study.said['factors'][over]['key']})")
    return figure
