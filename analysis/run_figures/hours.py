"""Where the hours go: hours by activity, a developer of each wealth tier."""

import numpy as np
from matplotlib.figure import Figure

from analysis.intervals import Z95
from analysis.run import Run
from analysis.run_figures.palette import ACTIVITIES, tier
from analysis.style import THOUSANDS, label_right, panels

TITLE = "Hours by activity, mean of the developers of a wealth tier, with 95 % intervals of their sum"


def draw(run: Run) -> Figure:
    """Hours of the whole run. The whisker is ±1.96 standard errors over the tier's developers who arrived."""
    figure, (axes,) = panels(1, 2.9)
    columns = [f"hours_{activity}" for activity in ACTIVITIES]
    rows = run.table("developers", ["developer", "tier", "arrived_day", *columns])
    rows = rows[rows["arrived_day"].notna()]
    mean, total = rows.groupby("tier")[columns].mean(), rows[columns].sum(axis=1).groupby(rows["tier"])
    top, middles = np.zeros(len(mean)), {}
    for activity, colour in ACTIVITIES.items():
        high = mean[f"hours_{activity}"].to_numpy()
        axes.bar(mean.index, high, 0.72, top, color=colour, lw=0)
        if high.any():
            middles[activity] = top[-1] + high[-1] / 2
        top += high
    error = Z95 * (total.std() / np.sqrt(total.size())).fillna(0.0).to_numpy()  # none of a single developer
    axes.errorbar(mean.index, top, yerr=[np.minimum(error, top), error], fmt="none", ecolor="black", lw=0.7,
                  capsize=2)  # fmt: skip
    axes.set_xticks(mean.index, [tier(number) for number in mean.index])
    axes.set_xlabel("wealth tier")
    axes.set_ylabel("hours per developer")
    axes.set_ylim(0, (top + error).max() * 1.05 or 1.0)
    axes.yaxis.set_major_formatter(THOUSANDS)
    figure.draw_without_rendering()  # the layout decides how high the panel is
    names = [*middles][::-1]  # from the top of the stack down, so that labels keep its order
    label_right(axes, [middles[name] for name in names], names, [ACTIVITIES[name] for name in names])
    return figure
