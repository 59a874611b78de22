"""What developers start: projects by kind over time, and the share of them that are experiments."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.intervals import wilson
from analysis.run import Run
from analysis.run_figures.clock import RARE, Clock, duration, windows
from analysis.run_figures.palette import KINDS
from analysis.style import GREY, THOUSANDS, label_right, panels, say

TITLE = "Projects started by kind, and the share of experiments with 95 % Wilson intervals"
TO_A_WINDOW = 20
"""Projects, on average: a share of fewer says little."""

_COLUMNS = {kind: "experiments_started" if kind == "experiment" else f"{kind}_started" for kind in KINDS}


def draw(run: Run) -> Figure:
    """Stacked rates above; below the share, which a lever that slows all projects leaves as it is."""
    timeline = run.table("timeline", ["day", *_COLUMNS.values()])
    total = timeline[list(_COLUMNS.values())].to_numpy().sum()
    rows = windows(timeline, int(np.clip(total // TO_A_WINDOW, 5, RARE)))
    clock = Clock.of(run, float(timeline["day"].iloc[-1]))
    figure, (above, below) = panels(2, 3.2, [1.3, 1])
    edges = np.append(0.0, rows["end"]) * clock.per_day
    counts = rows[list(_COLUMNS.values())].to_numpy(float)
    started = counts.sum(axis=1)
    tops = np.cumsum(counts / (rows["end"] - rows["begin"]).to_numpy()[:, None], axis=1)
    if started.any():
        for k, colour in enumerate(KINDS.values()):
            above.stairs(tops[:, k], edges, baseline=tops[:, k - 1] if k else 0.0, fill=True, color=colour, lw=0)
        last = tops[np.flatnonzero(started)[-1]]
        middles = (last + np.append(0.0, last[:-1])) / 2
        above.set_ylim(0, tops.max() * 1.05)
        # From the top of the stack down, so that labels of kinds that nobody started last keep its order.
        label_right(above, middles[::-1], [*KINDS][::-1], [*KINDS.values()][::-1])
        tried, colour = rows[_COLUMNS["experiment"]].to_numpy(float), KINDS["experiment"]
        low, high = wilson(tried, started)
        share = np.divide(tried, started, out=np.full(len(started), np.nan), where=started > 0)
        below.stairs(high, edges, baseline=low, fill=True, color=colour, alpha=0.3, lw=0)
        below.stairs(share, edges, baseline=None, color=colour, lw=0.9)
        mean = tried.sum() / started.sum()
        below.axhline(mean, color=GREY, lw=0.6, ls=(0, (4, 2)))
        below.set_ylim(0, min(1.0, np.nanmax(high) * 1.05))
        label_right(below, [mean], [f"all\n{mean:.3f}"], [GREY])
    else:
        say(above, "no project was started")
        say(below, "no project was started")
    above.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    above.yaxis.set_major_formatter(THOUSANDS)
    above.set_ylabel("projects started\nper day")
    below.set_ylabel("share of\nexperiments")
    clock.dress([above, below], f"; windows of {duration(float(rows['end'].iloc[0]))}")
    return figure
