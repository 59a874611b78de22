"""What came through, and how well: turns that ended per unit of time, by how they ended, and the success rate."""

import numpy as np
from matplotlib.figure import Figure

from analysis.intervals import wilson
from analysis.run import Run
from analysis.run_figures.clock import Clock, duration, windows
from analysis.style import BLUE, GREY, ORANGE, THOUSANDS, VERMILION, label_right, panels, say

TITLE = "Turns by how they ended, and success rate with 95 % Wilson intervals"
_ENDS = (
    ("turns_ok", "ok", BLUE),
    ("turns_bad_unnoticed", "unnoticed", ORANGE),
    ("turns_failed", "failed", VERMILION),
)
_RATES = (("s", 86400.0), ("min", 1440.0), ("h", 24.0), ("day", 1.0))


def draw(run: Run) -> Figure:
    """Stacked rates above, the success rate with its band below. Turns of one session are taken as independent."""
    timeline = run.table("timeline", ["day", *(column for column, _, _ in _ENDS)])
    rows = windows(timeline)
    clock = Clock.of(run, float(timeline["day"].iloc[-1]))
    figure, (above, below) = panels(2, 3.0, [1.1, 1])
    edges = np.append(0.0, rows["end"]) * clock.per_day
    counts = rows[[column for column, _, _ in _ENDS]].to_numpy(float)
    ended = counts.sum(axis=1)

    per_day = counts / (rows["end"] - rows["begin"]).to_numpy()[:, None]
    unit, units = next(((u, p) for u, p in _RATES if per_day.sum(axis=1).max() / p >= 20), _RATES[-1])
    tops = np.cumsum(per_day, axis=1) / units
    for k, (_, _, colour) in enumerate(_ENDS):
        above.stairs(tops[:, k], edges, baseline=tops[:, k - 1] if k else 0.0, fill=True, color=colour, lw=0)
    above.set_ylim(0, tops.max() * 1.05 or 1.0)
    above.set_ylabel(f"ended turns per {unit}")
    above.yaxis.set_major_formatter(THOUSANDS)

    if ended.any():
        last = tops[np.flatnonzero(ended)[-1]]
        middles = (last + np.append(0.0, last[:-1])) / 2
        label_right(above, middles, [name for _, name, _ in _ENDS], [colour for _, _, colour in _ENDS])
        low, high = wilson(counts[:, 0], ended)
        rate = np.divide(counts[:, 0], ended, out=np.full(len(ended), np.nan), where=ended > 0)
        seen = np.isfinite(rate)
        below.stairs(high, edges, baseline=low, fill=True, color=BLUE, alpha=0.3, lw=0)
        below.stairs(rate, edges, baseline=None, color=BLUE, lw=0.8)
        mean = counts[:, 0].sum() / ended.sum()
        below.axhline(mean, color=GREY, lw=0.6, ls=(0, (4, 2)))
        below.set_ylim(max(0.0, low[seen].min() - 0.02), min(1.0, high[seen].max() + 0.02))
        label_right(below, [mean], [f"all\n{mean:.3f}"], [GREY])
    else:
        say(above, "no turn ended")
        say(below, "no turn ended")
    below.set_ylabel("success rate")
    clock.dress([above, below], f"; windows of {duration(float(rows['end'].iloc[0]))}")
    return figure
