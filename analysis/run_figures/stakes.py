"""What is at stake, and what of it is slashed, over time."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.run import Run
from analysis.run_figures.clock import RARE, Clock, duration, windows
from analysis.style import BLUE, GREEN, THOUSANDS, VERMILION, label_right, panels, say

TITLE = "Stake held, and stake slashed"


def draw(run: Run) -> Figure:
    """Stake of all models at each tick above, delegated stake beside it where there is any; slashing a day below."""
    timeline = run.table("timeline", ["day", "staked", "delegated", "slashed"])
    clock = Clock.of(run, float(timeline["day"].iloc[-1]))
    figure, (above, below) = panels(2, 3.0, [1.3, 1])
    time = timeline["day"].to_numpy() * clock.per_day
    kinds = [("staked", "staked", BLUE)]
    if timeline["delegated"].any():
        kinds.append(("delegated", "delegated", GREEN))
    unit, size = _unit(timeline[[column for column, *_ in kinds]].to_numpy().max())
    if timeline[[column for column, *_ in kinds]].to_numpy().any():
        mark = {"marker": "." if len(time) == 1 else None, "clip_on": len(time) > 1}
        for column, _, colour in kinds:
            above.plot(time, timeline[column] / size, color=colour, **mark)
        above.set_ylim(0, timeline[[column for column, *_ in kinds]].to_numpy().max() / size * 1.08)
        last = [timeline[column].iloc[-1] / size for column, *_ in kinds]
        label_right(above, last, [name for _, name, _ in kinds], [colour for *_, colour in kinds])
    else:
        say(above, "nobody staked")
    rows = windows(timeline[["day", "slashed"]], RARE)
    per_day = (rows["slashed"] / (rows["end"] - rows["begin"])).to_numpy()
    if per_day.any():
        per, less = _unit(per_day.max())
        below.stairs(per_day / less, np.append(0.0, rows["end"]) * clock.per_day, fill=True, color=VERMILION, lw=0)
        below.set_ylim(0, per_day.max() / less * 1.08)
        total = rows["slashed"].sum()
        said = f"{total:,.0f}" if total < 1e5 else f"{total / 1000:,.0f} k"
        label_right(below, [per_day.max() / less], [f"in all\n{said}"], [VERMILION])
        below.set_ylabel(f"slashed\n({per}credits/day)")
    else:
        say(below, "nothing was slashed")
        below.set_ylabel("slashed\n(credits/day)")
    above.set_ylabel(f"stake held\n({unit}credits)")
    for axes in (above, below):
        _tick(axes)
    clock.dress([above, below], f"; windows of {duration(float(rows['end'].iloc[0]))}")
    return figure


def _unit(largest: float) -> tuple[str, float]:
    """Amounts up to ``largest`` are said in thousands where they would else be long."""
    return ("thousand ", 1000.0) if largest >= 10_000 else ("", 1.0)


def _tick(axes: Axes) -> None:
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(THOUSANDS)
