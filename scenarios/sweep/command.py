"""``turnstile sweep``: runs what is missing of a grid, and prints the mean of some measures at each point."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from analysis.finished import SWEEP
from analysis.measuring import check, measure_store
from scenarios.runner.forecast import forecast_of
from scenarios.runner.job import Job, jobs_of
from scenarios.runner.means import mean_in_words
from scenarios.runner.pool import Crew
from scenarios.runner.record import finish
from scenarios.runner.running import resumable, run_jobs, say_failed
from scenarios.runner.work import KEPT
from scenarios.sweep.grid import grid
from sim.shell.terminal import show

SHOWN = ("success_rate", "hhi", "experiment_share", "welfare")
"""Measures that the printed table has unless others are asked for."""


def run_sweep(
    words: Sequence[str], seeds: int, out: Path | None, workers: int, cluster: str | None, measures: Sequence[str]
) -> int:
    """Do what is missing of the grid ``words``, print its means; how many runs failed. Raises ``InputError``.

    Writes ``points.parquet``: a column for each swept key, seed and key of the run; ``measures.parquet``: the same
    with a column for each measure, null where the run failed; and ``sweep.yaml``. None of them where every run failed.
    """
    names = list(dict.fromkeys(measures or SHOWN))
    check(names)
    points = grid(words)
    table, todo = jobs_of(points, range(1, seeds + 1))
    folder = out or Path("sweeps") / ",".join(points[0].values)
    with resumable(folder, SWEEP):
        with Crew(workers, cluster) as crew:
            failed = run_jobs(folder, todo, KEPT, crew)
        say_failed(folder, failed, len(todo))
        if failed < len(todo):
            values = measure_store(folder, names, workers).reindex(table["key"])
            measured = table.assign(**{name: values[name].to_numpy() for name in names})
            keys = list(points[0].values)
            said = {"words": list(words), "keys": keys, "measures": names, "seeds": seeds}
            finish(folder / SWEEP, said, {"points": table, "measures": measured})
            _print(keys, measured, names)
        print(f"\n{len(todo)} runs in {folder}")
    return failed


def forecast(words: Sequence[str], seeds: int, workers: int) -> str:
    """Points, runs, and from one run of the first point the time and disk that the sweep will take."""
    points = grid(words)
    _, todo = jobs_of(points, range(1, seeds + 1))
    return forecast_of(f"{len(points)} points x {seeds} seeds", len(todo), Job.of(points[0].config, 1), KEPT, workers)


def _print(keys: list[str], measured: pd.DataFrame, names: list[str]) -> None:
    """A line for each point, in the order of the grid."""
    rows = []
    for values, held in measured.groupby(keys, sort=False):
        rows.append((*map(str, values), *(mean_in_words(held[name]) for name in names)))
    show((*keys, *(f"{name} [95 %]" for name in names)), rows, numbers=())
