"""Kinds of figures that a study file can name: a function that draws one is a kind, once it is decorated."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

import analysis.measures  # noqa: F401  fills the registries
from analysis.columns import columns
from analysis.measure import MEASURES, TWIN_MEASURES

OF_RUNS = (*MEASURES, *TWIN_MEASURES, *columns("summary"))
"""Measures of runs and of twins, and keys of the summary: the columns of ``measures.parquet``."""

Draw = Callable[..., Figure]
"""``draw(study, measures, **keys)``: ``measures`` and ``keys`` as the study file says them."""


@dataclass(frozen=True)
class Kind:
    """A kind: the function, what its figure shows, and the ``measures`` allowed.

    ``tables``: those of the runs that it reads; ``keys``: which further keys it takes → whether it needs them; each
    names a factor of the study.
    """

    draw: Draw
    title: str
    measures: tuple[str, ...]
    tables: tuple[str, ...]
    keys: dict[str, bool]


KINDS: dict[str, Kind] = {}
"""By name, that of the function."""


def kind(title: str, measures: Sequence[str], tables: Sequence[str] = (), **keys: bool) -> Callable[[Draw], Draw]:
    """Decorate a function ``draw(study, measures, **keys) -> Figure``: it becomes the kind of its name."""

    def add(draw: Draw) -> Draw:
        KINDS[draw.__name__] = Kind(draw, title, tuple(measures), tuple(tables), keys)
        return draw

    return add
