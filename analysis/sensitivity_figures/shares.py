"""In what share of worlds each finding keeps its sign, and how sure that is world by world."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter

from analysis.sensitivity.analysing import SIGN_TABLE
from analysis.sensitivity.result import Result
from analysis.study_figures.panel import LINE_IN
from analysis.study_figures.series import fold
from analysis.style import BLUE, SKY, SMALL_PT, VERMILION, WIDTH_IN

TITLE = (
    "Worlds in which each finding keeps the sign that it has with the constants as they are, with Wilson's 95 % "
    "interval of their share; pale: too near to 0 for the seeds of a world"
)

_PALE_TURNED = "#F0B899"
_PARTS = {"surely kept": BLUE, "kept": SKY, "turned": _PALE_TURNED, "surely turned": VERMILION}
_ACROSS = 34


def draw(result: Result) -> Figure:
    """A bar for each finding, of four parts: surely kept, kept, turned, surely turned."""
    table = result.tables[SIGN_TABLE]
    texts = [fold(f"{i}. {label}", _ACROSS) for i, label in enumerate(table["output"], 1)]
    lines = np.array([max(2.4, text.count("\n") + 1.6) for text in texts])
    at = np.cumsum(lines) - lines / 2
    figure = Figure(figsize=(WIDTH_IN * 1.3, lines.sum() * LINE_IN + 0.95), layout="constrained")
    axes = figure.subplots()
    for y, row in zip(at, table.itertuples(), strict=True):
        turned = row.worlds - row.kept
        parts = (row.surely_kept, row.kept - row.surely_kept, turned - row.surely_turned, row.surely_turned)
        left = 0.0
        for count, colour in zip(parts, _PARTS.values(), strict=True):
            axes.barh(y, count / row.worlds, left=left, height=1.1, color=colour, lw=0)
            left += count / row.worlds
        axes.plot([row.share_low, row.share_high], [y, y], color="black", lw=1.0)
        axes.plot(row.share, y, "o", color="black", ms=3.5, clip_on=False)  # whole at 0 and at 1
        axes.text(1.035, y, f"{row.kept} of {row.worlds}", va="center", fontsize=SMALL_PT)
    axes.axvline(0.5, color="black", lw=0.6, ls=(0, (2, 2)))
    axes.set(xlim=(0, 1), ylim=(lines.sum(), 0), xlabel="share of worlds")
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_yticks(at, texts)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    figure.legend(
        handles=[Patch(color=colour, lw=0, label=name) for name, colour in _PARTS.items()], loc="outside upper center",
        ncols=len(_PARTS), handlelength=1, columnspacing=1,
    )  # fmt: skip
    return figure
