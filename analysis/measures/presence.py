"""What the presence of models costs others: a run against its twin in which these models are never routed."""

import math
from collections.abc import Sequence

import numpy as np

from analysis.measure import twin_measure
from analysis.run import Run
from analysis.twins import Twins

_SOURCE = "Turnstile, docs/model.md, M15"
_SUCCESS = "(lambda m: m[['first_good', 'self_rescued', 'rescued']].to_numpy().sum() / m.turns.sum())"
_ENDED_OK = ("first_good", "self_rescued", "rescued")
"""The ways in which a turn routed to a model ends ok: by its first attempt, by itself later, or by another."""


def _success(run: Run, without: Sequence[int] = ()) -> float:
    """Share of turns that ended ok, of those routed to models other than ``without``. NaN where there are none."""
    models = run["models"]
    others = ~np.isin(models["model"], without)
    turns = int(models["turns"][others].sum())
    return sum(int(models[name][others].sum()) for name in _ENDED_OK) / turns if turns else math.nan


@twin_measure(
    unit="share of turns",
    formula="Σ (first_good + self_rescued + rescued) / Σ turns over the models that governance.barred of the twin does "
    "not name, in the twin - in the run",
    within=(-1.0, 1.0),
    source=_SOURCE,
    recipe=f"(lambda s, b: s(models_[~models_.model.isin(b)]) - s(models[~models.model.isin(b)]))({_SUCCESS}, "
    "config_['governance']['barred'])",
)
def others_success_without(run: Run, twin: Run) -> float:
    """By how much more often turns routed to the other models end ok where the models barred in the twin get none."""
    Twins(run, twin)
    barred = twin.config["governance"]["barred"]
    return _success(twin, barred) - _success(run, barred)


@twin_measure(
    unit="share of turns",
    formula="the same over all models: what the others gain, and that turns go to others",
    within=(-1.0, 1.0),
    source=_SOURCE,
    recipe=f"(lambda s: s(models_) - s(models))({_SUCCESS})",
)
def success_without(run: Run, twin: Run) -> float:
    """By how much more often all turns end ok where the models barred in the twin get none."""
    Twins(run, twin)
    return _success(twin) - _success(run)
