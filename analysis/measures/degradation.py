"""How evenly a network serves its users: what a turn is worth, how that scatters, and what bad days cost."""

import math

import numpy as np

from analysis.measure import in_summary, measure
from analysis.run import Run

WORST = 0.1
"""Bad days are this share of all, at least one: the level of router.cvar."""

_SOURCE = "Turnstile, docs/model.md, M4 and M15"
_ENDED = "(t.turns_ok + t.turns_failed + t.turns_bad_unnoticed)"
_DAYS = f"timeline[timeline.day.shift(fill_value=0) >= config['warmup_days']].pipe(lambda t: t[{_ENDED} > 0])"
"""The days of a recipe: those that begin after warm-up and on which a turn ended."""


def _days(run: Run) -> dict[str, np.ndarray]:
    """Of each period of the timeline that begins after warm-up and in which turns ended: success rate, worth of a turn.

    A period is a day, where ticks are days and the run is not very long.
    """
    timeline = run["timeline"]
    ok, worth = timeline["turns_ok"], timeline["value_of_answers"]
    ended = ok + timeline["turns_failed"] + timeline["turns_bad_unnoticed"]
    begin = np.append(0.0, timeline["day"][:-1])
    held = (begin >= run.config.number("warmup_days")) & (ended > 0)
    return {"success": ok[held] / ended[held], "worth": worth[held] / ended[held]}


@measure(
    unit="squared median good answers",
    formula="q·exp(2·v²) - (q·exp(v²/2))², q = turns_ok / (turns_ok + turns_failed + turns_bad_unnoticed), "
    "v = population.brilliance: of what a turn is worth, lognormal(0, v) where it is answered well, else 0",
    within=(0.0, math.inf),
    source=_SOURCE,
    recipe="(lambda q, v: q * np.exp(2 * v ** 2) - (q * np.exp(v ** 2 / 2)) ** 2)"
    "(summary['success_rate'], config['population']['brilliance'])",
)
def value_variance(run: Run) -> float:
    """Variance, from turn to turn, of what a turn is worth to its user. NaN where none ended."""
    rate, v = in_summary(run, "success_rate"), run.config.number("population.brilliance")
    return rate * math.exp(2 * v**2) - (rate * math.exp(v**2 / 2)) ** 2


@measure(
    unit="1",
    formula="sd / mean over days that begin after warm-up of value_of_answers / (turns_ok + turns_failed + "
    "turns_bad_unnoticed) of the timeline",
    within=(0.0, math.inf),
    source="coefficient of variation; " + _SOURCE,
    recipe=f"(lambda x: x.std() / x.mean())({_DAYS}.pipe(lambda t: t.value_of_answers / {_ENDED}))",
)
def value_swing(run: Run) -> float:
    """How much what a turn is worth to its user changes from day to day. NaN where fewer than two days count."""
    worth = run.once(_days)["worth"]
    mean = worth.mean() if len(worth) > 1 else 0.0
    return float(worth.std(ddof=1) / mean) if mean else math.nan


@measure(
    unit="share of ended turns",
    formula=f"mean of q - mean of its lowest ⌈{WORST:g}·n⌉, q = turns_ok / (turns_ok + turns_failed + "
    "turns_bad_unnoticed) of the n days of the timeline that begin after warm-up",
    within=(0.0, 1.0),
    source="expected shortfall, Rockafellar and Uryasev 2000",
    recipe=f"(lambda q: q.mean() - q.nsmallest(int(np.ceil(len(q) * {WORST:g}))).mean())"
    f"({_DAYS}.pipe(lambda t: t.turns_ok / {_ENDED}))",
)
def stress_loss(run: Run) -> float:
    """By how much fewer turns end well on the worst tenth of days than on the average one. NaN where no day counts."""
    success = np.sort(run.once(_days)["success"])
    worst = math.ceil(len(success) * WORST)
    return max(0.0, float(success.mean() - success[:worst].mean())) if worst else math.nan
