"""Two runs of one world, compared measure by measure."""

import math
from collections.abc import Iterator

import pandas as pd
import pyarrow as pa

import analysis.measures  # noqa: F401  fills the registries
from analysis.columns import documents
from analysis.measure import MEASURES, TWIN_MEASURES, in_summary, strict
from analysis.own_tables import check_own
from analysis.run import Run
from analysis.twins import Twins

SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("measure", "unit")] + [(name, pa.float64()) for name in ("a", "b", "difference")]
)

SHOWN = (
    "success_rate", "pass_5", "agreement_5", "latency_p50_s", "latency_p99_s", "hhi", "gini", "nakamoto_51",
    "developers", "admitted", "submissions", "rejections", "ejections", "experiments_started", "ideas_in_traffic",
    "idea_to_traffic_days", "novelty_share", "vendi_score_in_domains", "false_rejections", "false_admissions",
    "cleanup_share", "trust_friction", "user_value", "developer_surplus", "welfare",
)  # fmt: skip
"""Measures of one run that say most."""


@strict
def compare_runs(first: Run, second: Run) -> pd.DataFrame:
    """Every measure of two twins, a row each: measure, unit, a, b, difference = b - a.

    First the keys of the summary, then the registered measures, then those of twins, which are differences themselves
    and have neither a nor b. NaN: not defined. Raises ``InputError`` where the runs are no twins, or one of them holds
    tables that are not its own.
    """
    Twins(first, second).ideas()
    for run in (first, second):
        check_own(run)
    return pd.DataFrame(_rows(first, second), columns=SCHEMA.names)


def _rows(first: Run, second: Run) -> Iterator[tuple[str, str, float, float, float]]:
    for key, (unit, _) in documents()["summary"]["columns"].items():
        a, b = in_summary(first, key), in_summary(second, key)
        if not isinstance(a, str):
            yield key, unit, a, b, b - a
    for name, measure in MEASURES.items():
        a, b = measure.of(first), measure.of(second)
        yield name, measure.unit, a, b, b - a
    for name, measure in TWIN_MEASURES.items():
        yield name, measure.unit, math.nan, math.nan, measure.of(first, second)
