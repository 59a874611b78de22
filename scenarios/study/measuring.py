"""The measures of every run of a study, those of twins among them, beside its arm, guard and seed."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from analysis.measure import TWIN_MEASURES
from analysis.measuring import measure_store, measure_twins
from scenarios.study.definition import Study


def measures(study: Study, folder: Path, points: pd.DataFrame, workers: int = 1) -> pd.DataFrame:
    """``points`` with a column for each measure of ``study``, from the store ``folder``; null where a run is missing.

    A measure of twins is that of a run and its twin: the run of its baseline arm in the same guard and seed.
    """
    found = with_measures(points, study.measures, study.arms.baseline, folder, workers)
    return found[[*points.columns, *study.measures]]


def with_measures(
    points: pd.DataFrame,
    names: Sequence[str],
    baseline: Callable[[str], str],
    folder: Path,
    workers: int = 1,
    shared: Sequence[str] = ("guard", "seed"),
) -> pd.DataFrame:
    """``points`` with a column for each of the measures ``names``, those of twins last.

    The twin of a run has its ``baseline`` arm, and all that is ``shared``.
    """
    alone = [name for name in names if name not in TWIN_MEASURES]
    found = points.copy()
    if alone:
        values = measure_store(folder, alone, workers)
        found[alone] = values.reindex(points["key"]).to_numpy(float)
    twins = [name for name in names if name in TWIN_MEASURES]
    if twins:
        keys = dict(zip(points[["arm", *shared]].itertuples(index=False, name=None), points["key"], strict=True))
        pairs = [(keys.get((baseline(arm), *rest)), key) for (arm, *rest), key in keys.items()]
        found[twins] = measure_twins([folder], pairs, twins).to_numpy()
    return found
