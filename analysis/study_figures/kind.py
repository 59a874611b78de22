"""Kinds of figures that a study file can name: a function that gathers what one shows is a kind once decorated."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from matplotlib.figure import Figure

import analysis.measures  # noqa: F401  fills the registries
from analysis.columns import columns
from analysis.measure import MEASURES, TWIN_MEASURES
from analysis.study import Study
from analysis.study_figures.gathered import Gathered

OF_RUNS = (*MEASURES, *TWIN_MEASURES, *columns("summary"))
"""Measures of runs and of twins, and keys of the summary: the columns of ``measures.parquet``."""

Gather = Callable[..., Gathered]
"""``gather(study, measures, **keys)``: ``measures`` and ``keys`` as the study file says them."""

Form = Literal["lines", "points", "intervals"]
"""Over numbers, over words, or a row for each label: as in `analysis.page.chart.Chart`."""


@dataclass(frozen=True)
class Kind:
    """A kind: the function that gathers, the one that draws, what its figure shows, and the ``measures`` allowed.

    ``form``: that of its chart on a page; ``tables``: those of the runs that it reads; ``keys``: which further keys it
    takes → whether it needs them; each names a factor of the study.
    """

    gather: Gather
    drawn: Callable[[Study, Gathered], Figure]
    form: Form
    title: str
    measures: tuple[str, ...]
    tables: tuple[str, ...]
    keys: dict[str, bool]

    def draw(self, study: Study, measures: Sequence[str], **keys: str) -> Figure:
        """The figure for print: ``measures`` and ``keys`` as the study file says them."""
        return self.drawn(study, self.gather(study, measures, **keys))


KINDS: dict[str, Kind] = {}
"""By name, that of the function."""


def kind(
    title: str,
    form: Form,
    drawn: Callable[[Study, Gathered], Figure],
    measures: Sequence[str],
    tables: Sequence[str] = (),
    **keys: bool,
) -> Callable[[Gather], Gather]:
    """Decorate a function ``gather(study, measures, **keys) -> Gathered``: it becomes the kind of its name."""

    def add(gather: Gather) -> Gather:
        KINDS[gather.__name__] = Kind(gather, drawn, form, title, tuple(measures), tuple(tables), keys)
        return gather

    return add
