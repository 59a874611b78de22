"""``turnstile study``: what to run, how long it may take, and the run itself."""

from collections.abc import Sequence
from pathlib import Path

from scenarios.runner.running import run_jobs
from scenarios.study.definition import Study, names, read
from scenarios.study.plan import jobs, points
from sim.output.disk import writing
from sim.output.tables import write_table

POINTS = "points.parquet"


def listing() -> str:
    """Name and question of every study."""
    found = [read(name) for name in names()]
    width = max((len(study.name) for study in found), default=0) + 2
    return "\n".join(f"{study.name:<{width}}{study.question}" for study in found)


def study(
    name: str, overrides: Sequence[str], seeds: int | None, out: Path | None, workers: int, cluster: str | None
) -> int:
    """Do what is missing of the study ``name``; how many runs failed. Raises ``InputError``."""
    chosen = read(name)
    folder = out or Path("studies") / chosen.name
    table, todo = jobs(points(chosen, overrides), seeds or chosen.seeds)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    failed = run_jobs(folder, todo, chosen.tables, workers, cluster)
    hidden = folder / f".{POINTS}"
    write_table(table, hidden)
    hidden.rename(folder / POINTS)
    return failed


def forecast(chosen: Study, overrides: Sequence[str], seeds: int, workers: int) -> str:
    """Points, runs, time and disk that a study will take, from one run of its first arm."""
    raise NotImplementedError
