"""Charts of a page: numbers with their intervals, which the page's script draws, lets hover over, and picks from."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np


@dataclass(frozen=True)
class Series:
    """What one arm, or one thing, came to: ``y`` (k,) at ``x`` (k,), with intervals from ``low`` to ``high`` (k,).

    ``notes`` (k,): what is told of a point besides. ``colour``: ``muted`` or ``ink`` of the page, or one of
    `analysis.style.CYCLE`, by default the next. ``hollow``: what is not the thing itself, such as a placebo.
    """

    name: str
    x: Sequence[float | str]
    y: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    notes: Sequence[str] = ()
    colour: str = ""
    hollow: bool = False


@dataclass(frozen=True)
class Panel:
    """What a chart shows of one ``measure``: its ``series``, the ``unit`` of their values, and what ``x`` is.

    ``within``: values from here to there are shaded. ``log``: x is on a logarithmic axis.
    """

    measure: str
    series: Sequence[Series]
    unit: str = ""
    x: str = ""
    within: tuple[float, float] | None = None
    log: bool = False


@dataclass(frozen=True)
class Chart:
    """One of ``panels`` at a time, the reader chooses which. Series of one name have one colour in all of them.

    ``form``: ``lines`` over numbers, with bands; ``points`` over words or numbers, with bars; ``intervals``, a row for
    each word of ``x`` and its values along it; ``bars`` over words; ``scatter``, values against values, with bars.
    """

    title: str
    form: Literal["lines", "points", "intervals", "bars", "scatter"]
    panels: Sequence[Panel]
    about: str = ""
    kind: ClassVar[str] = "chart"

    @property
    def data(self) -> dict:
        """All of it, for the page's script: numbers short, null where they are not defined."""
        return {"title": self.title, "form": self.form, "panels": [_panel(panel) for panel in self.panels]}


def _panel(panel: Panel) -> dict:
    return {
        "measure": panel.measure,
        "unit": panel.unit,
        "x": panel.x,
        "within": panel.within,
        "log": panel.log,
        "series": [_series(series) for series in panel.series],
    }


def _series(series: Series) -> dict:
    said = {"name": series.name, "colour": series.colour, "hollow": series.hollow, "notes": list(series.notes)}
    return said | {key: _values(getattr(series, key)) for key in ("x", "y", "low", "high")}


def _values(values: Sequence[float | str]) -> list:
    return [value if isinstance(value, str) else _short(value) for value in np.asarray(values, object).tolist()]


def _short(value: float) -> float | None:
    """Six significant digits: more than a chart can show; None where it is not defined."""
    return float(f"{value:.6g}") if math.isfinite(value) else None
