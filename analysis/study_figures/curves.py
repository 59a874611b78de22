"""Curves with their intervals over seeds: a panel for each measure, a curve for each arm or level."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.study_figures.panel import LINE_IN, head, label, label_lines
from analysis.study_figures.series import band
from analysis.style import GAP_LINES, THOUSANDS, panels, say

_MARKED = 12
"""Points of a curve of so many are marked, with bars."""


def curves(
    heads: Sequence[tuple[str, str]],
    at: Mapping[str, np.ndarray],
    found: Mapping[str, Sequence[np.ndarray]],
    styled: Mapping[str, dict],
    bars: bool = False,
) -> tuple[Figure, list[Axes]]:
    """A panel for each of ``heads``, (measure, unit); ``at``: label → x (k,); ``found``: label → (seeds, k) a panel.

    Each curve is a mean over seeds with its band, and bars where it has few points; with ``bars``, these alone. It is
    named at its end.
    """
    rows = sum(label(name).count("\n") + 1 + GAP_LINES for name in found)
    figure, axes = panels(len(heads), len(heads) * (max(1.1, rows * LINE_IN) + 0.3) + 0.35)
    ends: list[dict[str, float]] = [{} for _ in heads]
    for name, values in found.items():
        x = at[name]
        for one, end, each in zip(axes, ends, values, strict=True):
            mean, low, high = band(each)
            seen = np.isfinite(mean)
            if not seen.any():
                continue
            colour = styled[name]["color"]
            few = len(x) <= _MARKED
            if few:
                one.vlines(x, low, high, color=colour, lw=0.9 if bars else 0.5)
            if not bars:
                one.fill_between(x, low, high, color=colour, alpha=0.15, lw=0)
            one.plot(x, mean, marker="o" if few else None, ms=2.5, **styled[name])
            end[name] = mean[seen][-1]
    for one, (name, unit), end in zip(axes, heads, ends, strict=True):
        head(one, name, unit)
        one.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        one.yaxis.set_major_formatter(THOUSANDS)
        if not end:
            say(one, "not defined in two seeds")
    label_lines(figure, axes, ends, styled)
    return figure, axes
