"""Where the hours go: hours by activity, a developer of each wealth tier."""

import numpy as np
from matplotlib.figure import Figure

from analysis.intervals import Z95
from analysis.run import Run
from analysis.run_figures.palette import ACTIVITIES, tier
from analysis.style import THOUSANDS, panels

TITLE = "Hours by activity, mean of the developers of a wealth tier, with 95 % intervals of their sum"


def draw(run: Run) -> Figure:
    """Hours of the whole run. The whisker is ±1.96 standard errors over the tier's developers who arrived."""
    figure, (axes,) = panels(1, 2.9)
    columns = [f"hours_{activity}" for activity in ACTIVITIES]
    rows = run.table("developers", ["developer", "tier", "arrived_day", *columns])
    rows = rows[rows["arrived_day"].notna()]
    mean, total = rows.groupby("tier")[columns].mean(), rows[columns].sum(axis=1).groupby(rows["tier"])
    left = np.zeros(len(mean))
    for activity, colour in ACTIVITIES.items():
        width = mean[f"hours_{activity}"].to_numpy()
        axes.barh(mean.index, width, 0.72, left, color=colour, lw=0, label=activity)
        left += width
    error = Z95 * (total.std() / np.sqrt(total.size())).fillna(0.0).to_numpy()  # none of a single developer
    axes.errorbar(left, mean.index, xerr=[np.minimum(error, left), error], fmt="none", ecolor="black", lw=0.7,
                  capsize=2)  # fmt: skip
    axes.set_yticks(mean.index, [tier(number) for number in mean.index])
    axes.set_ylabel("wealth tier")
    axes.set_xlabel("hours per developer")
    axes.set_xlim(0, (left + error).max() * 1.05 or 1.0)
    axes.xaxis.set_major_formatter(THOUSANDS)
    figure.legend(loc="outside upper left", ncols=4, handlelength=0.9, columnspacing=1.0)
    return figure
