"""How figures look, and how they are written so that their bytes depend on their content alone."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

WIDTH_IN, PAGE_IN = 3.4, 7.0  # one column of a two-column page, and both
SMALL_PT, TEXT_PT = 7.0, 8.0  # at this width nothing below 7 pt can be read in print

# Okabe and Ito (2008): distinct to the colour-blind.
BLUE, VERMILION, GREEN, ORANGE, SKY, PURPLE = "#0072B2", "#D55E00", "#009E73", "#E69F00", "#56B4E9", "#CC79A7"
YELLOW = "#F0E442"  # too faint for lines and text: for areas
CYCLE = (BLUE, VERMILION, GREEN, ORANGE, SKY, PURPLE)
GREY, PALE = "0.45", "0.92"

_RC = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that a figure is the same everywhere
    "font.size": TEXT_PT,
    "axes.titlesize": TEXT_PT,
    "axes.labelsize": TEXT_PT,
    "xtick.labelsize": SMALL_PT,
    "ytick.labelsize": SMALL_PT,
    "legend.fontsize": SMALL_PT,
    "legend.frameon": False,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "lines.linewidth": 1.0,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "axes.axisbelow": True,
    "pdf.fonttype": 42,  # text stays text, which journals ask for
}


@contextmanager
def styled() -> Iterator[None]:
    """The project's style inside the block, whatever the user's own settings; everything is as before after it."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_RC)
        yield


def panels(
    rows: int = 1, height_in: float = 2.2, ratios: Sequence[float] | None = None, shared: bool = True
) -> tuple[Figure, list[Axes]]:
    """A figure of one column with ``rows`` panels, one below the other; a ``shared`` horizontal axis is the last's."""
    figure = Figure(figsize=(WIDTH_IN, height_in), layout="constrained")
    grid = figure.subplots(rows, 1, sharex=shared, squeeze=False, height_ratios=ratios)
    return figure, list(grid[:, 0])


def save(figure: Figure, stem: Path, title: str, origin: str) -> list[Path]:
    """Write ``stem``.png and ``stem``.pdf with ``title`` and ``origin`` (what it was drawn from) in their metadata."""
    png, pdf = stem.with_suffix(".png"), stem.with_suffix(".pdf")
    # None leaves out what matplotlib would add by itself: its version, and the time.
    figure.savefig(png, dpi=300, metadata={"Title": title, "Source": origin, "Software": None})
    figure.set_layout_engine("none")  # the layout stands; to find it once more would take as long as to draw
    none = {"Creator": None, "Producer": None, "CreationDate": None}
    figure.savefig(pdf, metadata={"Title": title, "Subject": origin, **none})
    return [png, pdf]


def label_right(axes: Axes, at: Sequence[float], texts: Sequence[str], colours: Sequence[str]) -> None:
    """Write ``texts`` right of the panel at the heights ``at`` (data; set limits before), moved apart where needed."""
    points = [(axes.get_xlim()[1], y) for y in at]
    places = axes.transAxes.inverted().transform(axes.transData.transform(points))[:, 1]
    line = 1.25 * SMALL_PT / (axes.get_window_extent().height / axes.figure.dpi * 72)
    heights = [line * (text.count("\n") + 1) for text in texts]
    for place, text, colour in zip(spread(places.clip(0.0, 1.0).tolist(), heights), texts, colours, strict=True):
        axes.text(1.02, place, text, color=colour, transform=axes.transAxes, va="center", fontsize=SMALL_PT)


def spread(places: Sequence[float], heights: Sequence[float]) -> list[float]:
    """``places`` in [0, 1] moved as little as keeps what is so high apart, and in [0, 1] where there is room.

    Least squares by pooling adjacent violators; of equal places the first comes highest.
    """
    order = sorted(range(len(places)), key=lambda i: (places[i], -i))
    above = [0.0]  # the lowest, by how much each must at least be
    for i, j in pairwise(order):
        above.append(above[-1] + (heights[i] + heights[j]) / 2)
    blocks: list[list[float]] = []  # [mean of place - above, members]
    for least, i in zip(above, order, strict=True):
        blocks.append([places[i] - least, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, members = blocks.pop()
            before = blocks[-1]
            before[0] = (before[0] * before[1] + mean * members) / (before[1] + members)
            before[1] += members
    moved = [mean for mean, members in blocks for _ in range(int(members))]
    room = max(0.0, 1.0 - above[-1])
    found = [0.0] * len(places)
    for lowest, least, i in zip(moved, above, order, strict=True):
        found[i] = min(max(lowest, 0.0), room) + least
    return found


def say(axes: Axes, text: str) -> None:
    """Write ``text`` in the middle of a panel that has nothing to show."""
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=GREY, fontsize=SMALL_PT)


THOUSANDS = FuncFormatter(lambda value, _: f"{value:,.0f}" if value == round(value) else f"{value:g}")
"""Ticks such as 12,000 and 0.5."""
