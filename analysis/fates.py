"""What became of the ideas of a run, and when they reached traffic."""

from collections.abc import Mapping

import numpy as np

from analysis.compiled import compiled
from analysis.run import Run

TRAFFIC = 1.0
"""An idea has reached traffic once its model has served this many times ``learning.v0`` live turns, and one at least:
by then 1 - 1/e of the way from its starting ability to its potential lies behind it."""


def least_turns(run: Run, traffic: float = TRAFFIC) -> float:
    """Live turns from which on an idea has reached traffic: ``traffic`` times ``learning.v0``, and one at least."""
    return max(1.0, traffic * run.config.number("learning.v0"))


def in_traffic(run: Run, ideas: Mapping[str, np.ndarray], traffic: float = TRAFFIC) -> np.ndarray:
    """Which ``ideas`` have reached traffic: (ideas,) bool."""
    return ideas["live_turns"] >= least_turns(run, traffic)


def fates(run: Run, ideas: Mapping[str, np.ndarray], traffic: float = TRAFFIC) -> np.ndarray:
    """Where each of ``ideas`` stopped: (ideas,) words.

    Not pursued: the ``shelved_reason`` of the table. Pursued: ``attempt limit``, ``not submitted``; ``undecided`` at
    the end of the run; ``rejected`` at the gauntlet; ``starved of traffic``, in the sandbox or admitted but without
    the traffic that ``in_traffic`` asks for, be it that the run ended; ``sandbox``, with traffic and never admitted;
    ``admitted``.
    """
    model, submissions = ideas["model"], run["submissions"]
    rejected = np.isin(model, submissions["model"][submissions["decision"] == "rejected"])
    stops = (
        (ideas["shelved_reason"] == "attempt limit", "attempt limit"),
        (np.isnan(ideas["submitted_day"]), "not submitted"),
        (model < 0, "undecided"),
        (rejected, "rejected"),
        (~in_traffic(run, ideas, traffic), "starved of traffic"),
        (np.isnan(ideas["admitted_day"]), "sandbox"),
    )
    pursued = np.select(*zip(*stops, strict=True), "admitted").astype(object)
    return np.where(np.isnan(ideas["pursued_day"]), ideas["shelved_reason"], pursued)


def traffic_days(run: Run, ideas: Mapping[str, np.ndarray], traffic: float = TRAFFIC) -> np.ndarray:
    """The day by which each of ``ideas`` reached traffic: (ideas,), NaN where it did not.

    The end of the first period by which its model had had as many attempts; all but those that timed out or were
    rejected at the door are live turns.
    """
    reached, rows, models = in_traffic(run, ideas, traffic), run["standings"], len(run["models"]["model"])
    of_model = _first_day(rows["model"], rows["attempts"], rows["day"], models, least_turns(run, traffic))
    day = np.full(len(reached), np.nan)
    day[reached] = of_model[ideas["model"][reached]]
    return day


@compiled
def _first_day(model: np.ndarray, attempts: np.ndarray, day: np.ndarray, models: int, least: float) -> np.ndarray:
    """The first day by which each of so many ``models`` had had ``least`` > 0 attempts, (models,), NaN where it never
    had; rows are in order of days."""
    had, first = np.zeros(models), np.full(models, np.nan)
    for row in range(len(model)):
        of = model[row]
        before = had[of]
        had[of] += attempts[row]
        if before < least <= had[of]:
            first[of] = day[row]
    return first
