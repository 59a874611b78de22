"""How figures look, and how they are written so that their bytes depend on their content alone."""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from analysis.files import writing

T = TypeVar("T")

WIDTH_IN, PAGE_IN = 3.4, 7.0  # one column of a two-column page, and both
PAGE = "page"
"""The folder of figures as wide as a page, beside those as wide as a column."""

SMALL_PT, TEXT_PT = 7.0, 8.0  # at this width nothing below 7 pt can be read in print
GAP_LINES = 0.35
"""Of a line, behind a label of several lines, so that one sees where it ends."""

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
def styled(width_in: float = WIDTH_IN) -> Iterator[None]:
    """The project's style inside the block, for figures of this width, whatever the user's own settings.

    Everything is as before after it.
    """
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_RC | {"figure.figsize": (width_in, width_in)})
        yield


def draw_at_widths(target: Path, draw: Callable[[Path], T], page: bool = True) -> T:
    """``draw(folder)`` into ``target`` as wide as a column, and with ``page`` into its subfolder as wide as a page.

    Returns what the first returned. Raises ``InputError`` where the disk refuses.
    """
    with writing(target):
        with styled():
            drawn = draw(target)
        if page:
            with styled(PAGE_IN):
                draw(target / PAGE)
    return drawn


def width_in() -> float:
    """How wide figures are here."""
    return matplotlib.rcParams["figure.figsize"][0]


def panels(
    rows: int = 1, height_in: float = 2.2, ratios: Sequence[float] | None = None, shared: bool = True
) -> tuple[Figure, list[Axes]]:
    """A figure with ``rows`` panels, one below the other; a ``shared`` horizontal axis is the last's."""
    figure = Figure(figsize=(width_in(), height_in), layout="constrained")
    grid = figure.subplots(rows, 1, sharex=shared, squeeze=False, height_ratios=ratios)
    return figure, list(grid[:, 0])


def rendered(figure: Figure, title: str, origin: str) -> dict[str, bytes]:
    """The figure as ``.png`` and ``.pdf``, with ``title`` and ``origin`` (what it was drawn from) in their metadata."""
    png, pdf = io.BytesIO(), io.BytesIO()
    # None leaves out what matplotlib would add by itself: its version, and the time.
    figure.savefig(png, dpi=300, metadata={"Title": title, "Source": origin, "Software": None})
    figure.set_layout_engine("none")  # the layout stands; to find it once more would take as long as to draw
    none = {"Creator": None, "Producer": None, "CreationDate": None}
    figure.savefig(pdf, format="pdf", metadata={"Title": title, "Subject": origin, **none})
    return {".png": png.getvalue(), ".pdf": pdf.getvalue()}


def save(figure: Figure, stem: Path, title: str, origin: str) -> list[Path]:
    """Write ``stem``.png and ``stem``.pdf, as `rendered`, into a folder that is made if need be; both."""
    contents = {stem.with_suffix(kind): content for kind, content in rendered(figure, title, origin).items()}
    stem.parent.mkdir(exist_ok=True)
    for path, content in contents.items():
        path.write_bytes(content)
    return list(contents)


def few_colours(path: Path) -> bytes:
    """A figure with a small palette, a third of the size, for pages that hold many; what it says of itself stays."""
    held, said = io.BytesIO(), PngInfo()
    with Image.open(path) as drawn:
        for key, text in drawn.info.items():
            if isinstance(text, str):
                said.add_itxt(key, text)
        drawn.convert("RGB").quantize(128).save(held, "PNG", optimize=True, pnginfo=said, dpi=(300, 300))
    return held.getvalue()


def ink(colour: str) -> tuple[float, float, float]:
    """``colour``, darkened as far as text on white needs to be read: a contrast of 4.5 (WCAG 2.1, 1.4.3)."""
    shade = np.array(to_rgb(colour))
    while 1.05 / (_luminance(shade) + 0.05) < 4.5:
        shade *= 0.97
    return tuple(shade.tolist())


def _luminance(shade: np.ndarray) -> float:
    linear = np.where(shade <= 0.04045, shade / 12.92, ((shade + 0.055) / 1.055) ** 2.4)  # sRGB, IEC 61966-2-1
    return float(linear @ [0.2126, 0.7152, 0.0722])


def label_right(
    axes: Axes, at: Sequence[float], texts: Sequence[str], colours: Sequence[str], x: float = 1.02
) -> list[float]:
    """Write ``texts`` right of the panel at the heights ``at`` (data; set limits before), moved apart where needed.

    ``x``: where they begin, in widths of the panel. Returns their heights, in heights of the panel.
    """
    points = [(axes.get_xlim()[1], y) for y in at]
    places = axes.transAxes.inverted().transform(axes.transData.transform(points))[:, 1]
    line = 1.25 * SMALL_PT / (axes.get_window_extent().height / axes.figure.dpi * 72)
    rows = [text.count("\n") + 1 for text in texts]
    heights = [line * (n + GAP_LINES * (n > 1)) for n in rows]
    apart = spread(places.clip(0.0, 1.0).tolist(), heights)
    for place, text, colour in zip(apart, texts, colours, strict=True):
        axes.text(x, place, text, color=ink(colour), transform=axes.transAxes, va="center", fontsize=SMALL_PT)
    return apart


def spread(places: Sequence[float], heights: Sequence[float]) -> list[float]:
    """``places`` in [0, 1] moved as little as keeps what is so high apart, all of it below 1 and, where there is room,
    above 0.

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
    top = 1.0 - heights[order[-1]] / 2 - above[-1]
    bottom = min(heights[order[0]] / 2, top)
    found = [0.0] * len(places)
    for lowest, least, i in zip(moved, above, order, strict=True):
        found[i] = min(max(lowest, bottom), top) + least
    return found


def say(axes: Axes, text: str) -> None:
    """Write ``text`` in the middle of a panel that has nothing to show."""
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=GREY, fontsize=SMALL_PT)


THOUSANDS = FuncFormatter(lambda value, _: f"{value:,.0f}" if value == round(value) else f"{value:g}")
"""Ticks such as 12,000 and 0.5."""
