"""The measures of every run of a study, those of twins among them, beside its arm, guard and seed."""

from pathlib import Path

import pandas as pd

from analysis.measure import TWIN_MEASURES
from analysis.measuring import measure_store, measure_twins
from scenarios.study.definition import Study


def measures(study: Study, folder: Path, points: pd.DataFrame, workers: int = 1) -> pd.DataFrame:
    """``points`` with a column for each measure of ``study``, from the store ``folder``; null where a run is missing.

    A measure of twins is that of a run and its twin: the run of its baseline arm in the same guard and seed.
    """
    alone = [name for name in study.measures if name not in TWIN_MEASURES]
    found = points.copy()
    if alone:
        values = measure_store(folder, alone, workers)
        found[alone] = values.reindex(points["key"]).to_numpy(float)
    twins = [name for name in study.measures if name in TWIN_MEASURES]
    if twins:
        keys = dict(zip(zip(points["arm"], points["guard"], points["seed"], strict=True), points["key"], strict=True))
        pairs = [(keys.get((study.arms.baseline(arm), guard, seed)), key) for (arm, guard, seed), key in keys.items()]
        found[twins] = measure_twins(folder, pairs, twins).to_numpy()
    return found[[*points.columns, *study.measures]]
