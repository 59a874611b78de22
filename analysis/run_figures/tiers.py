"""Where routing privilege goes: the share of routed turns of each wealth tier of developers, over time."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.intervals import wilson
from analysis.run import Run
from analysis.run_figures.clock import RARE, Clock, duration, windows
from analysis.run_figures.palette import TIERS, tier
from analysis.style import BLUE, GREY, label_right, panels, say

TITLE = "Routed turns by wealth tier of the developer, with 95 % Wilson intervals"


def draw(run: Run) -> Figure:
    """Each tier's share of the turns routed to developers' models above, the share of all turns that these are below.

    Turns of one session are taken as independent.
    """
    rows, held = _turns(run)
    clock = Clock.of(run, float(rows["end"].iloc[-1]))
    figure, (above, below) = panels(2, 3.4, [2, 1])
    edges = np.append(0.0, rows["end"]) * clock.per_day
    routed = rows[held].sum(axis=1).to_numpy(float)
    if routed.any():
        even = 1 / len(held)
        above.axhline(even, color=GREY, lw=0.6, ls=(0, (4, 2)))
        last, top = [], 0.0
        for number in held:
            share, high = _band(above, edges, rows[number].to_numpy(float), routed, TIERS[number])
            last.append(share[np.isfinite(share)][-1])
            top = max(top, np.nanmax(high))
        above.set_ylim(0, min(1.0, top * 1.05))
        names = [tier(number) for number in held]
        label_right(above, [*last, even], [*names, "even"], [*(TIERS[n] for n in held), GREY])
    else:
        say(above, "no turn went to a developer's model")
    turns = rows["turns"].to_numpy(float)
    if turns.any():
        _band(below, edges, routed, turns, BLUE)
    else:
        say(below, "no turn was asked")
    below.set_ylim(0, 1.03)
    above.set_ylabel("share of their turns\nby wealth tier")
    below.set_ylabel("share of all turns\nto developers")
    clock.dress([above, below], f"; windows of {duration(float(rows['end'].iloc[0]))}")
    return figure


def _band(axes, edges, part, whole, colour) -> tuple[np.ndarray, np.ndarray]:
    """Draw the share ``part`` of ``whole`` with its interval; (share, upper end), NaN where there is no whole."""
    low, high = wilson(part, whole)
    share = np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)
    axes.stairs(high, edges, baseline=low, fill=True, color=colour, alpha=0.3, lw=0)
    axes.stairs(share, edges, baseline=None, color=colour, lw=0.9)
    return share, high


def _turns(run: Run) -> tuple[pd.DataFrame, list[int]]:
    """Routed turns by window: all of them in ``turns``, and a column for each tier there is; the tiers."""
    owner = run.table("models", ["model", "developer"]).set_index("model")["developer"]
    ranks = run.table("developers", ["developer", "tier"]).set_index("developer")["tier"]
    held = sorted(ranks.unique().tolist())
    rows = run.table("standings", ["day", "model", "turns"])
    by_tier = rows["model"].map(owner).map(ranks).fillna(0).astype(int).rename("tier")  # 0: the house
    sums = rows["turns"].groupby([rows["day"], by_tier]).sum().unstack(fill_value=0)
    days = run.table("timeline", ["day"])["day"]
    sums = sums.reindex(index=days, columns=[0, *held], fill_value=0)
    sums["turns"] = sums.sum(axis=1)
    return windows(sums.reset_index(), RARE), held
