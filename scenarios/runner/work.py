"""What a worker does: a batch of jobs, each to Arrow tables or to the traceback of its failure."""

import traceback
from collections.abc import Iterable
from importlib import metadata
from time import perf_counter
from typing import NamedTuple

import pyarrow as pa

from scenarios.runner.job import Job, text
from scenarios.runner.part import Tables, together
from sim.output.provenance import DISTRIBUTION
from sim.output.tables import arrow

KEPT = ("timeline", "models", "developers", "ideas", "submissions", "flows")
"""Tables that are kept of each run, unless others are asked for."""


class Outcome(NamedTuple):
    """What became of a job: ``tables`` of its run, with the column ``key``, or the traceback in ``failure``."""

    key: str
    tables: dict[str, pa.Table]
    failure: str
    seconds: float


class Batch(NamedTuple):
    """What became of some jobs: the ``tables`` of all that came to an end, ordered by key, and key → traceback."""

    tables: Tables
    failures: dict[str, str]
    runs: int
    seconds: float

    @staticmethod
    def of(outcomes: Iterable[Outcome]) -> "Batch":
        """One table of each name, which travels and is written much faster than one a run."""
        done = sorted(outcomes, key=lambda outcome: outcome.key)
        failures = {outcome.key: outcome.failure for outcome in done if outcome.failure}
        tables = together(outcome.tables for outcome in done if not outcome.failure)
        return Batch(tables, failures, len(done), sum(outcome.seconds for outcome in done))


def work(jobs: list[Job], wanted: tuple[str, ...]) -> list[Outcome]:
    """Run ``jobs`` in turn and keep the tables ``wanted``, and ``runs``: key, seed, version, config, summary.

    A failure of one is its outcome and does not touch the others.
    """
    return [_outcome(job, wanted) for job in jobs]


def _outcome(job: Job, wanted: tuple[str, ...]) -> Outcome:
    from sim.simulation import simulate  # compiles, so only where it is used

    started = perf_counter()
    try:
        result = simulate(job.config)
        tables = {name: _keyed(arrow(result.tables[name], name), job.key) for name in wanted}
        tables["runs"] = _runs(job, result.summary)
        return Outcome(job.key, tables, "", perf_counter() - started)
    except Exception:
        return Outcome(job.key, {}, traceback.format_exc(), perf_counter() - started)


def _keyed(table: pa.Table, key: str) -> pa.Table:
    return table.add_column(0, "key", pa.array([key] * len(table), pa.string()))


def _runs(job: Job, summary: dict) -> pa.Table:
    row = {
        "key": job.key,
        "seed": job.config.seed,
        "version": metadata.version(DISTRIBUTION),
        "config": text(job.config),
        **summary,
    }
    return pa.table({name: pa.array([value], _kind(value), from_pandas=True) for name, value in row.items()})


def _kind(value) -> pa.DataType:
    if isinstance(value, str):
        return pa.string()
    return pa.float64() if isinstance(value, float) else pa.int64()
