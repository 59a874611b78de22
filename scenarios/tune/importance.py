"""How much each lever matters for reaching the best trials."""

import warnings
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import optuna
import pandas as pd
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.trial import FrozenTrial, create_trial

from scenarios.tune.levers import Lever
from scenarios.tune.objectives import Aim
from scenarios.tune.trials import Trial, distribution

TOP = 0.2
"""What counts as best: this share of the trials."""

ALL = "all objectives"
"""What importance is for where the best are those nearest to the front."""

RESAMPLES = 50

COLUMNS = ("objective", "lever", "importance", "low", "high")


def importance(levers: Sequence[Lever], aim: Aim, trials: Sequence[Trial]) -> pd.DataFrame:
    """A row for each objective, and for all of them together, and lever: its share of importance, which add up to 1.

    By PED-ANOVA (Watanabe and others 2023): how far a lever's values in the best trials are from those in all.
    ``low`` and ``high``: the middle 95 % of what resamples of the trials say. Empty where fewer than ten trials have
    values.
    """
    spaces = {lever.key: distribution(lever) for lever in levers}
    held = [
        create_trial(
            params=dict(trial.setting),
            distributions={key: spaces[key] for key in trial.setting},
            values=aim.losses(trial.judged.values).tolist(),
        )
        for trial in trials
        if trial.judged.finite
    ]
    if len(held) < 10:
        return pd.DataFrame(columns=COLUMNS)
    rng = np.random.default_rng(0)
    drawn = [_shares([held[i] for i in rng.integers(0, len(held), len(held))], spaces, aim) for _ in range(RESAMPLES)]
    found, (low, high) = _shares(held, spaces, aim), np.quantile(drawn, (0.025, 0.975), axis=0)
    at = [(name, key) for name in _targets(aim) for key in spaces]
    rows = [(*one, *ends) for one, *ends in zip(at, found.ravel(), low.ravel(), high.ravel(), strict=True)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _targets(aim: Aim) -> dict[str, Callable[[FrozenTrial], float] | None]:
    """What importance is for → its loss; None: all of a trial's."""
    if len(aim.objectives) == 1:
        return {aim.objectives[0].measure: None}
    return {ALL: None} | {each.measure: _loss(i) for i, each in enumerate(aim.objectives)}


def _shares(trials: Sequence[FrozenTrial], keys: Iterable[str], aim: Aim) -> np.ndarray:
    """(targets, levers)."""
    study = optuna.create_study(directions=["minimize"] * len(aim.objectives))
    study.add_trials(trials)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that targets are losses, which they are
        by = PedAnovaImportanceEvaluator(target_quantile=TOP)
        found = [get_param_importances(study, evaluator=by, target=target) for target in _targets(aim).values()]
    return np.array([[shares.get(key, 0.0) for key in keys] for shares in found])


def _loss(number: int) -> Callable[[FrozenTrial], float]:
    return lambda trial: trial.values[number]
