"""A store of default runs, for what measuring them costs."""

from itertools import cycle, islice
from pathlib import Path

import pyarrow as pa

from analysis.run import TABLES
from scenarios.runner.job import Job
from scenarios.runner.part import Tables, together, write_part
from scenarios.runner.store import CHUNK
from scenarios.runner.work import work
from sim.config import Config

WANTED = tuple(name for name in TABLES if name != "attempts")


def fill(folder: Path, config: Config, seeds: int, parts: int) -> None:
    """Write a store of ``parts`` full parts: the runs of so many ``seeds``, over and over under keys of their own."""
    jobs = [Job.of(config, seed) for seed in range(1, seeds + 1)]
    runs = [done.tables for done in work(jobs, WANTED)]
    again = enumerate(cycle(runs))
    for number in range(parts):
        write_part(folder, f"part-{number:05d}", together(_named(run, i) for i, run in islice(again, CHUNK)))


def _named(run: Tables, number: int) -> Tables:
    """The tables of ``run`` under another key."""
    return {
        name: table.set_column(0, "key", pa.array([f"{number:020d}"] * len(table), pa.string()))
        for name, table in run.items()
    }
