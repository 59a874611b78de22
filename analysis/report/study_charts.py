"""The charts of a study: the figures that its file names, with everything else that could be shown in them."""

from collections.abc import Iterator, Sequence

import numpy as np

from analysis.page.chart import Chart, Panel, Series
from analysis.parquet import Columns
from analysis.report.parts import telling_first
from analysis.store import parts
from analysis.study import Study
from analysis.study_figures.asked import Asked, asked, numbered
from analysis.study_figures.gathered import Gathered
from analysis.study_figures.kind import KINDS, OF_RUNS
from analysis.study_figures.series import band

_ALWAYS = ("arms", "timeline")
"""Kinds that are shown whether the file names them or not."""


Figures = Sequence[tuple[Asked, Gathered]]
"""Figures, and what was gathered for each."""


def gathered(study: Study) -> Figures:
    """The figures of the file, with everything else that they could show; by arm, and by day where that is kept."""
    figures = list(asked(study))
    named = {figure.name for figure in figures}
    figures += [Asked(KINDS[name], name, (), {}) for name in _ALWAYS if name not in named]
    others = [_others(study, figure) for figure in figures]
    return [(figure, figure.gather(study, more)) for figure, more in zip(figures, others, strict=True)
            if figure.measures or more]  # fmt: skip


def charts(figures: Figures) -> Iterator[Chart]:
    """A chart for each of them; a second one of a kind is headed so."""
    for number, figure, held in numbered(figures):
        yield _chart(figure, held, number)


def _others(study: Study, figure: Asked) -> Sequence[str]:
    """What a figure could show besides: all measures of the study, or all columns of the timeline."""
    if figure.kind.measures is OF_RUNS:
        held = study.measures.columns
    elif figure.kind.tables == ("timeline",) and (study.folder / "timeline").is_dir():
        held = telling_first(Columns(study.folder / "timeline" / parts(study.folder)[0].name, "timeline"))
    else:
        return ()
    return [name for name in held if name in figure.kind.measures]


def _chart(figure: Asked, held: Gathered, number: int) -> Chart:
    panels = []
    for i, (measure, unit) in enumerate(held.heads):
        series = [_series(name, held.x[name], values[i]) for name, values in held.values.items()]
        if any(np.isfinite(each.y).any() for each in series) or measure in figure.measures:
            panels.append(Panel(measure, series, unit, held.axis, log=held.log))
    about = f"{figure.kind.title.partition(';')[0]}."
    by = "".join(f", {key} {factor}" for key, factor in figure.keys.items())
    title = _TITLES.get(figure.name, figure.name) + (f" ({number})" if number > 1 else "")
    return Chart(f"{title}{by}", figure.kind.form, panels, about)


_TITLES = {"arms": "By arm", "dose": "Dose and response", "timeline": "By day", "tiers": "By wealth tier"}


def _series(name: str, x: np.ndarray, values: np.ndarray) -> Series:
    return Series(name or "all arms", x, *band(values))
