"""Two runs of one world, compared measure by measure."""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa

import analysis.measures  # noqa: F401  fills the registries
from analysis.columns import documents
from analysis.errors import InputError
from analysis.measure import MEASURES, TWIN_MEASURES
from analysis.run import Run
from analysis.twins import Twins

SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("measure", "unit")] + [(name, pa.float64()) for name in ("a", "b", "difference")]
)


def compare_runs(first: Run, second: Run) -> pd.DataFrame:
    """Every measure of two twins, a row each: measure, unit, a, b, difference = b - a.

    First the keys of the summary, then the registered measures, then those of twins, which are differences themselves
    and have neither a nor b. NaN: not defined. Raises ``InputError`` where the runs are no twins, or one of them holds
    tables that are not its own.
    """
    Twins(first, second).ideas()
    for run in (first, second):
        _check_whole(run)
    return pd.DataFrame(_rows(first, second), columns=SCHEMA.names)


def _rows(first: Run, second: Run) -> Iterator[tuple[str, str, float, float, float]]:
    for key, (unit, _) in documents()["summary"]["columns"].items():
        a, b = _key(first, key), _key(second, key)
        if not isinstance(a, str):
            yield key, unit, a, b, b - a
    for name, measure in MEASURES.items():
        a, b = float(measure.function(first)), float(measure.function(second))
        yield name, measure.unit, a, b, b - a
    for name, measure in TWIN_MEASURES.items():
        yield name, measure.unit, math.nan, math.nan, float(measure.function(first, second))


def _key(run: Run, key: str) -> float | str:
    if key not in run.summary:
        raise InputError(f"{run.where}: summary.json has no key {key!r}; this version writes one")
    found = run.summary[key]
    return math.nan if found is None else found


def _check_whole(run: Run) -> None:
    """Refuse tables that are not the run's own, where the summary betrays them."""
    for said, table, column in (
        ("turns", "models", "turns"),
        ("turns", "standings", "turns"),
        ("turns", "timeline", "turns"),
        ("ideas_had", "ideas", None),
        ("submissions", "submissions", None),
    ):
        held = run[table]
        found = int(np.sum(held[column])) if column else len(held["developer"])
        if found != _key(run, said):
            what = "Σ turns" if column else "rows"
            raise InputError(
                f"{run.where}: {table}.parquet is not this run's: found {found} {what}; summary.json has {said} "
                f"{_key(run, said)}"
            )
