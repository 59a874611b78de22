"""Retry storms: whether a network that was overloaded comes back when the load does."""

import math

import numpy as np

from analysis.averages import mean, median
from analysis.measure import measure
from analysis.run import Run

GOOD = 0.9
"""A network counts as up from this part of what it answered in the median period until the busiest."""


def _limbs(run: Run) -> tuple[np.ndarray, ...]:
    """(turns asked, success rate) of the periods up to the busiest, and of those after it; then their days."""
    timeline = run["timeline"]
    day, turns, good = (timeline[name].astype(float) for name in ("day", "turns", "success_rate"))
    peak = int(np.argmax(turns)) + 1
    return turns[:peak], good[:peak], turns[peak:], good[peak:], day


@measure(
    unit="share of ended turns",
    formula="mean over periods after the busiest one of s↑(turns) - success_rate, where s↑ is success_rate on the way "
    "to the busiest, linear in turns, over periods with as many turns as one of those",
    within=(-1.0, 1.0),
    source="Bronson et al., Metastable failures in distributed systems, HotOS 2021",
    recipe="(lambda u, d: (np.interp(d.turns, *(lambda v: (v.turns, v.success_rate.fillna(1)))(u.sort_values('turns', "
    "kind='stable'))) - d.success_rate)[d.turns >= u.turns.min()].mean())(timeline[:timeline.turns.argmax() + 1], "
    "timeline[timeline.turns.argmax() + 1:])",
)
def hysteresis(run: Run) -> float:
    """How much less is answered on the way down from the busiest period than at the same load on the way up."""
    up, good_up, down, good_down, _ = run.once(_limbs)
    order = np.argsort(up, kind="stable")
    gap = np.interp(down, up[order], np.where(np.isnan(good_up), 1.0, good_up)[order]) - good_down
    gap = gap[(down >= up.min()) & ~np.isnan(gap)]
    return mean(gap)


@measure(
    unit="hours",
    formula=f"24·(end of the first period, from the busiest on, with a success_rate of at least {GOOD:g} times its "
    "median over periods until the busiest - end of the busiest); to the end of the run where there is none",
    within=(0.0, math.inf),
    source="Bronson et al., Metastable failures in distributed systems, HotOS 2021",
    recipe="24 * (lambda p: (lambda d: timeline.day.iloc[-1] if d.empty else d.iloc[0])(timeline.day[p:][timeline."
    f"success_rate[p:] >= {GOOD:g} * timeline.success_rate[:p + 1].median()]) - timeline.day[p])"
    "(timeline.turns.argmax())",
)
def recovery_hours(run: Run) -> float:
    """How long after the busiest period the network is up again."""
    up, good_up, _, good_down, day = run.once(_limbs)
    since, good = day[len(up) - 1 :], np.append(good_up[-1:], good_down)
    there = since[good >= GOOD * median(good_up[~np.isnan(good_up)])]
    return 24 * float((there[0] if len(there) else day[-1]) - since[0])
