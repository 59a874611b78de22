"""The measures of every run of a study, those of twins among them, beside its arm, guard and seed."""

from pathlib import Path

import pandas as pd

from analysis.measure import TWIN_MEASURES
from analysis.measuring import measure_store
from analysis.store import runs
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
        there = runs(folder)
        keys = {(row.arm, row.guard, row.seed): row.key for row in points.itertuples()}
        for name in twins:
            function = TWIN_MEASURES[name].function
            pairs = [
                (keys.get((study.arms.baseline(row.arm), row.guard, row.seed)), row.key) for row in points.itertuples()
            ]
            found[name] = [
                function(there[base], there[own]) if base in there and own in there else float("nan")
                for base, own in pairs
            ]
    return found[[*points.columns, *study.measures]]
