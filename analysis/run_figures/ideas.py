"""What was tried and what was not: ideas by their potential and by what became of them."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from analysis.intervals import wilson
from analysis.run import Run
from analysis.style import (
    BLUE,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    SMALL_PT,
    THOUSANDS,
    VERMILION,
    label_right,
    panels,
    say,
)

TITLE = "Ideas by potential and fate, and the share pursued with 95 % Wilson intervals"
BINS = 24
"""At most so many bins; fewer where there are few ideas, a bin to about ten of them."""

_FATES = {
    "admitted": BLUE,
    "pursued only": SKY,
    "unaffordable": VERMILION,
    "not chosen": ORANGE,
    "expected loss": PURPLE,
    "its owner left": "0.6",
    "still open": "0.85",
}


def draw(run: Run) -> Figure:
    """Counts of ideas above; below the share pursued of those that were decided on, and its mean."""
    columns = ["potential", "pursued_day", "admitted_day", "shelved_reason"]
    ideas = run.table("ideas", columns)
    figure, (above, below) = panels(2, 3.9, [1.5, 1])
    above.set_ylabel("ideas")
    below.set_ylabel("share pursued")
    below.set_xlabel("potential of the idea (success rate after maturity)")
    if not len(ideas):
        say(above, "nobody had an idea")
        say(below, "nobody had an idea")
        return figure
    fates = fate(ideas)
    edges = np.histogram_bin_edges(ideas["potential"], int(np.clip(len(ideas) // 10, 5, BINS)))
    counts = np.array([np.histogram(ideas["potential"][fates == name], edges)[0] for name in _FATES])
    tops = np.cumsum(counts, axis=0)
    for k, colour in enumerate(_FATES.values()):
        above.stairs(tops[k], edges, baseline=tops[k - 1] if k else 0.0, fill=True, color=colour, lw=0)
    above.set_ylim(0, tops[-1].max() * 1.05)
    above.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10], integer=True))
    above.yaxis.set_major_formatter(THOUSANDS)
    tried, decided = counts[:2].sum(axis=0), counts[:5].sum(axis=0)
    if decided.any():
        seen = decided > 0
        middle, share = ((edges[1:] + edges[:-1]) / 2)[seen], (tried / np.where(seen, decided, 1))[seen]
        low, high = (bound[seen] for bound in wilson(tried, decided))
        # A bound at 0 or 1 may miss it by a rounding.
        below.errorbar(middle, share, np.maximum([share - low, high - share], 0), fmt="o", ms=2.5, lw=0.7, color=BLUE)
        below.axhline(tried.sum() / decided.sum(), color=GREY, lw=0.6, ls=(0, (4, 2)))
    else:
        say(below, "no idea was decided on")
    below.set_ylim(-0.02, 1.02)
    figure.draw_without_rendering()  # the layout decides how high the panels are
    _all(above, counts.sum(axis=1))
    return figure


def _all(axes: Axes, counts: np.ndarray) -> None:
    """All ideas, stacked in a bar beside the panel, each fate with its name and its number."""
    ends = np.append(0, np.cumsum(counts)) / counts.sum()
    heights, names, colours = [], [], []
    for low, high, (name, colour), many in zip(ends, ends[1:], _FATES.items(), counts, strict=False):
        if many:
            axes.add_patch(Rectangle((1.03, low), 0.05, high - low, color=colour, lw=0, transform=axes.transAxes,
                                     clip_on=False))  # fmt: skip
            heights.append((low + high) / 2 * axes.get_ylim()[1])
            names.append(f"{name} {many:,}")
            colours.append(colour)
    label_right(axes, heights[::-1], names[::-1], colours[::-1], x=1.1)
    axes.text(1.03, 1.01, "all", transform=axes.transAxes, va="bottom", color=GREY, fontsize=SMALL_PT)


def fate(ideas: pd.DataFrame) -> np.ndarray:
    """What became of each idea: a word of the figure."""
    pursued, admitted = ideas["pursued_day"].notna(), ideas["admitted_day"].notna()
    reason = ideas["shelved_reason"]
    conditions = [pursued & admitted, pursued, reason == "unaffordable", reason == "not chosen",
                  reason == "expected loss", reason == "left"]  # fmt: skip
    return np.select([c.to_numpy(bool) for c in conditions], [*_FATES][:6], [*_FATES][6])
