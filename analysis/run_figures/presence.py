"""Who is there: developers, admitted models and the sandbox over time; who comes and who leaves."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.run import Run
from analysis.run_figures.clock import RARE, Clock, duration, windows
from analysis.style import BLUE, GREEN, ORANGE, SKY, VERMILION, label_right, panels, say

TITLE = "Developers, admitted and sandboxed models; arrivals, exits and bankruptcies"
_STOCKS = (("developers", "developers", BLUE), ("admitted", "admitted\nmodels", GREEN),
           ("sandbox", "sandboxed\nmodels", ORANGE))  # fmt: skip


def draw(run: Run) -> Figure:
    """Stocks at each tick above; below arrivals upwards, and downwards who left: for something else, or bankrupt.

    Who was there at the start has not arrived.
    """
    columns = ["arrivals", "exits", "bankruptcies"]
    timeline = run.table("timeline", ["day", *(column for column, *_ in _STOCKS), *columns])
    clock = Clock.of(run, float(timeline["day"].iloc[-1]))
    figure, (above, below) = panels(2, 3.3, [1.3, 1])
    time = timeline["day"].to_numpy() * clock.per_day
    mark = {"marker": "." if len(time) == 1 else None, "clip_on": len(time) > 1}
    for column, _, colour in _STOCKS:
        above.plot(time, timeline[column], color=colour, **mark)
    above.set_ylim(0, max(timeline[column].max() for column, *_ in _STOCKS) * 1.05 or 1.0)
    above.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10], integer=True))
    above.set_ylabel("number")
    last = [timeline[column].iloc[-1] for column, *_ in _STOCKS]
    label_right(above, last, [name for _, name, _ in _STOCKS], [colour for *_, colour in _STOCKS])

    rows = windows(timeline[["day", *columns]], RARE)
    edges = np.append(0.0, rows["end"]) * clock.per_day
    come, gone, broke = (rows[column].to_numpy(float) for column in columns)
    come[0] -= (run["developers"]["arrived_day"] <= 0.0).sum()
    below.set_ylabel("developers\nper window")
    if (come + gone + broke).any():
        below.stairs(come, edges, fill=True, color=SKY, lw=0)
        below.stairs(-gone, edges, fill=True, color="0.6", lw=0)
        below.stairs(-gone - broke, edges, baseline=-gone, fill=True, color=VERMILION, lw=0)
        below.axhline(0, color="black", lw=0.6)
        top, bottom = max(come.max(), 1.0), max((gone + broke).max(), 1.0)
        below.set_ylim(-bottom * 1.1, top * 1.1)
        below.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10], integer=True))
        below.yaxis.set_major_formatter(FuncFormatter(lambda number, _: f"{abs(number):.0f}"))
        names = [f"arrived {come.sum():,.0f}", f"left {gone.sum():,.0f}", f"bankrupt {broke.sum():,.0f}"]
        label_right(below, [top / 2, -bottom / 3, -bottom], names, [SKY, "0.45", VERMILION])
    else:
        say(below, "nobody came or left")
    clock.dress([above, below], f"; windows of {duration(float(rows['end'].iloc[0]))}")
    return figure
