"""Panels of a study's figures: one below the other, each with its heading, colours and labels."""

from collections.abc import Mapping, Sequence

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import blended_transform_factory

from analysis.study import Study
from analysis.study_figures.series import Lines, fold
from analysis.style import CYCLE, GREY, SMALL_PT, WIDTH_IN, label_right

_DASHES = ("-", (0, (4, 1.5)), (0, (1, 1)))
_ACROSS = 66
"""Characters of a line across a column."""

LINE_IN = 1.25 * SMALL_PT / 72
"""Height of a line of text."""


def styles(study: Study, drawn: Lines, factor: str | None) -> dict[str, dict]:
    """Label → colour and dashes: levels of numbers in their order from dark to light, others as far apart as can be."""
    if factor is not None and len(drawn) > 2 and study.own[factor].dtype.kind == "f":
        shades = matplotlib.colormaps["viridis"]
        return {name: {"color": shades(0.75 * i / (len(drawn) - 1))} for i, name in enumerate(drawn)}
    return {
        name: {"color": CYCLE[i % len(CYCLE)], "ls": _DASHES[i // len(CYCLE) % len(_DASHES)]}
        for i, name in enumerate(drawn)
    }


def label(name: str) -> str:
    """What stands at a line for an arm or a level."""
    return fold(name, 16)


def head(axes: Axes, name: str, unit: str = "", more: str = "", below: str = "") -> None:
    """Write the measure, its unit and ``more`` above a panel, ``below`` under it, from the edge of its column."""
    first = ", ".join(filter(None, (f"{name} ({unit})" if unit else name, more)))
    own = axes.figure.bbox.width / axes.figure.dpi / WIDTH_IN  # how many columns it is wide: half a page is one
    text = "\n".join(fold(line, int(_ACROSS * own)) for line in (first, below) if line)
    place = blended_transform_factory(axes.figure.transSubfigure, axes.transAxes)
    axes.set_title("\n".join(" " for _ in text.split("\n")), fontsize=SMALL_PT, pad=3)  # keeps the room
    where = axes.annotate(
        text, (0.01, 1.0), xycoords=place, xytext=(0, 3), textcoords="offset points", fontsize=SMALL_PT, va="baseline"
    )
    where.set_in_layout(False)


def label_lines(
    figure: Figure, axes: Sequence[Axes], ends: Sequence[dict[str, float]], styled: Mapping[str, dict]
) -> None:
    """Name the lines of each panel at their ``ends``: label → height (data)."""
    figure.draw_without_rendering()  # the layout decides how high panels are, and so how far labels must be apart
    for one, at in zip(axes, ends, strict=True):
        names = [name for name in styled if name in at]
        if names:
            colours = [styled[name]["color"] for name in names]
            label_right(one, [at[name] for name in names], [label(name) for name in names], colours)


def mark(axes: Axes, at: Sequence[float]) -> None:
    """Ticks at the numbers ``at``, ascending; what would be written over the number before it is left out."""
    texts = [f"{number:g}" for number in at]
    axes.set_xticks(at, texts)
    axes.figure.draw_without_rendering()
    end = -float("inf")
    for i, box in enumerate(one.get_window_extent() for one in axes.get_xticklabels()):
        if box.x0 < end:
            texts[i] = ""
        else:
            end = box.x1 + 0.3 * box.height
    axes.set_xticks(at, texts)


def zero(axes: Axes) -> None:
    """A thin line where nothing differs."""
    axes.axvline(0, color=GREY, lw=0.6, zorder=0.5)
