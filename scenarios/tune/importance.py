"""How much each lever matters for reaching the best trials."""

import warnings
from collections.abc import Sequence

import optuna
import pandas as pd
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.trial import create_trial

from scenarios.tune.levers import Lever
from scenarios.tune.objectives import Aim
from scenarios.tune.trials import Trial, distribution

TOP = 0.2
"""What counts as best: this share of the trials."""

ALL = "all objectives"
"""What importance is for where the best are those nearest to the front."""


def importance(levers: Sequence[Lever], aim: Aim, trials: Sequence[Trial]) -> pd.DataFrame:
    """A row for each objective, and for all of them together, and lever: its share of importance, which add up to 1.

    By PED-ANOVA (Watanabe and others 2023): how far a lever's values in the best trials are from those in all. Empty
    where fewer than ten trials have values.
    """
    study = optuna.create_study(directions=["minimize"] * len(aim.objectives))
    spaces = {lever.key: distribution(lever) for lever in levers}
    for trial in trials:
        if trial.judged.finite:
            own = {key: spaces[key] for key in trial.setting}
            losses = aim.losses(trial.judged.values).tolist()
            study.add_trial(create_trial(params=dict(trial.setting), distributions=own, values=losses))
    rows = []
    if len(study.trials) >= 10:
        targets = {each.measure: i for i, each in enumerate(aim.objectives)}
        if len(targets) > 1:
            targets = {ALL: None} | targets
        for name, i in targets.items():
            found = _shares(study, i if len(aim.objectives) > 1 else None)
            rows += [(name, lever.key, found.get(lever.key, 0.0)) for lever in levers]
    return pd.DataFrame(rows, columns=["objective", "lever", "importance"])


def _shares(study: optuna.Study, number: int | None) -> dict[str, float]:
    target = None if number is None else lambda trial: trial.values[number]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that targets are losses, which they are
        return get_param_importances(study, evaluator=PedAnovaImportanceEvaluator(target_quantile=TOP), target=target)
