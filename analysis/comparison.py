"""Two runs of one world, compared measure by measure."""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa

import analysis.measures  # noqa: F401  fills the registries
from analysis.columns import documents
from analysis.errors import InputError
from analysis.measure import MEASURES, TWIN_MEASURES, in_summary
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
        a, b = in_summary(first, key), in_summary(second, key)
        if not isinstance(a, str):
            yield key, unit, a, b, b - a
    for name, measure in MEASURES.items():
        a, b = float(measure.function(first)), float(measure.function(second))
        yield name, measure.unit, a, b, b - a
    for name, measure in TWIN_MEASURES.items():
        yield name, measure.unit, math.nan, math.nan, float(measure.function(first, second))


_TOTALS = (
    ("turns", "models", "Σ turns", lambda rows: rows["turns"].sum()),
    ("turns", "standings", "Σ turns", lambda rows: rows["turns"].sum()),
    ("turns", "timeline", "Σ turns", lambda rows: rows["turns"].sum()),
    ("turns_failed", "incidence", "Σ turns_failed", lambda rows: rows["turns_failed"].sum()),
    ("submissions", "developers", "Σ submissions", lambda rows: rows["submissions"].sum()),
    ("submissions", "submissions", "rows", lambda rows: len(rows["developer"])),
    ("ideas_had", "ideas", "rows", lambda rows: len(rows["developer"])),
)
"""(key of the summary, table, what of its rows the key counts, in words and as a function)."""

_MODELS_OF = ("incidence", "standings", "submissions", "ideas")
"""Tables that name models."""


def _check_whole(run: Run) -> None:
    """Refuse tables that are not the run's own, where the summary or the models betray them."""
    for key, table, what, count in _TOTALS:
        found, said = int(count(run[table])), in_summary(run, key)
        if found != said:
            raise _foreign(run, table, f"{found} {what}; summary.json has {key} {said}")
    models = len(run["models"]["model"])
    for table in _MODELS_OF:
        last = int(run[table]["model"].max(initial=-1))
        if last >= models:
            raise _foreign(run, table, f"a model {last}; models.parquet ends before {models}")
    ideas, live = run["ideas"], run["models"]["live_turns"]
    built = ideas["model"] >= 0
    if not np.array_equal(ideas["live_turns"][built], live[ideas["model"][built]]):
        raise _foreign(run, "ideas", "other live_turns than its models have in models.parquet")


def _foreign(run: Run, table: str, found: str) -> InputError:
    return InputError(f"{run.where}: {table}.parquet is not this run's: found {found}")
