"""What the presence of models costs others: a run against its twin in which these models are never routed."""

import math

import numpy as np

from analysis.measure import twin_measure
from analysis.run import Run
from analysis.twins import Twins

_SOURCE = "Turnstile, docs/model.md, M15"
_SUCCESS = "(lambda m: m[['first_good', 'self_rescued', 'rescued']].to_numpy().sum() / m.turns.sum())"
_ENDED_OK = ("first_good", "self_rescued", "rescued")
"""The ways in which a turn routed to a model ends ok: by its first attempt, by itself later, or by another."""


_BARRED = (
    "[*config_['governance']['barred'], *models[(models.kind == 'founder') & (models.developer >= 0)]"
    ".nlargest(config_['governance']['barred_stars'], 'demo_score').model]"
)


def _barred(run: Run, twin: Run) -> np.ndarray:
    """The models that ``twin`` is without: those named, and so many of the start with the best demo scores."""
    models, most = run["models"], twin.config.number("governance.barred_stars")
    start = np.flatnonzero(models.where("kind", "founder") & (models["developer"] >= 0))
    best = start[np.argsort(-models["demo_score"][start], kind="stable")[: int(most)]]
    return np.append(models["model"][best], twin.config.at("governance.barred"))


def _success(run: Run, without: np.ndarray | tuple = ()) -> float:
    """Share of turns that ended ok, of those routed to models other than ``without``. NaN where there are none."""
    models = run["models"]
    others = ~np.isin(models["model"], without)
    turns = int(models["turns"][others].sum())
    return sum(int(models[name][others].sum()) for name in _ENDED_OK) / turns if turns else math.nan


@twin_measure(
    unit="share of turns",
    formula="Σ (first_good + self_rescued + rescued) / Σ turns over the models that neither governance.barred nor "
    "governance.barred_stars of the twin names, in the twin - in the run",
    within=(-1.0, 1.0),
    source=_SOURCE,
    recipe=f"(lambda s, b: s(models_[~models_.model.isin(b)]) - s(models[~models.model.isin(b)]))({_SUCCESS}, "
    f"{_BARRED})",
)
def others_success_without(run: Run, twin: Run) -> float:
    """By how much more often turns routed to the other models end ok where the models barred in the twin get none."""
    Twins(run, twin)
    barred = _barred(run, twin)
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
