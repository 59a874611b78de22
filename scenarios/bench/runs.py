"""What the runner of many runs costs by itself, and what a second process brings.

``python -m scenarios.bench.runs stand_in N`` runs N stand-ins of 5 ms in this process, ``python -m scenarios.bench.runs
study N WORKERS`` N small simulations, ``python -m scenarios.bench.runs tuning N`` a tuning of N trials by stand-ins;
each prints one JSON object.
"""

import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter

import pyarrow as pa

from scenarios.bench.fresh import peak_mb
from scenarios.bench.timing import clock
from scenarios.runner.job import Job
from scenarios.runner.pool import Crew
from scenarios.runner.running import run_jobs
from scenarios.runner.work import KEPT, Outcome, work
from scenarios.tune.definition import read
from scenarios.tune.searching import Tuner

SPIN_S = 0.005
"""What a stand-in takes, without the runner."""

TINY = ("horizon_days=1", "warmup_days=0", "demand.rate=100", "population.models=6", "population.developers=4",
        "developers.arrivals=1")  # fmt: skip
"""Overrides of the run whose tables the stand-ins return."""

SMALL = ("horizon_days=60", "warmup_days=0", "demand.rate=2000")
"""Overrides of a simulation of a quarter of a second."""


TUNING = """
question: What does tuning cost?
base: [{base}]
levers:
  governance.strictness: {{low: 0.5, high: 0.7}}
  evidence.half_life_days: {{low: 3, high: 60, log: true}}
  gauntlet.prompts: {{low: 10, high: 100}}
  stake.rule: {{choices: [pseudo_count, gate]}}
  stake.sigma: {{low: 0, high: 1, when: {{stake.rule: pseudo_count}}}}
objectives:
  - {{measure: success_rate, direction: up}}
  - {{measure: hhi, direction: down}}
worlds: {{count: 1, draws: {{developers.endowment.wealth_sigma: {{low: 0.5, high: 1.5}}}}}}
trials: {trials}
batch: 20
"""
"""A tuning of five levers, one of which hangs on another, and two objectives."""


class StandIn:
    """In the place of `work`: every run spins for 5 ms and comes to the tables of ``outcome``, under its own key."""

    def __init__(self, outcome: Outcome):
        self._tables = {name: (table.drop_columns("key"), len(table)) for name, table in outcome.tables.items()}

    def __call__(self, jobs: list[Job], wanted: tuple[str, ...]) -> list[Outcome]:
        return [self._one(job) for job in jobs]

    def _one(self, job: Job) -> Outcome:
        end = clock() + SPIN_S
        while clock() < end:
            pass
        tables = {
            name: table.add_column(0, "key", pa.array([job.key] * rows, pa.string()))
            for name, (table, rows) in self._tables.items()
        }
        return Outcome(job.key, tables, "", SPIN_S)


def stand_in(runs: int) -> dict:
    """``cpu_ms``, ``wall_ms``: time a run beyond the 5 ms, from configuration to the last part on disk; ``peak_mb``."""
    from sim.compose import configure

    config = configure(*TINY)
    (once,) = work([Job.of(config, 1)], KEPT)
    do = StandIn(once)
    with tempfile.TemporaryDirectory() as folder:
        started, begun = clock(), perf_counter()
        jobs = sorted((Job.of(config, seed) for seed in range(1, runs + 1)), key=lambda job: job.key)
        run_jobs(Path(folder), jobs, KEPT, Crew(), do)
        cpu, wall = clock() - started, perf_counter() - begun
    beyond = (1000 * (seconds / runs - SPIN_S) for seconds in (cpu, wall))
    return dict(zip(("cpu_ms", "wall_ms"), beyond, strict=True)) | {"peak_mb": peak_mb()}


def study(runs: int, workers: int) -> dict:
    """``seconds`` of so many runs on ``workers`` processes, everything included, and ``start_s``, which a study of no
    length would take."""
    from sim.compose import configure

    config = configure(*SMALL)
    taken = []
    for seeds in (range(1, workers + 1), range(1, runs + 1)):
        with tempfile.TemporaryDirectory() as folder:
            started = perf_counter()
            with Crew(workers) as crew:
                run_jobs(Path(folder), [Job.of(config, seed) for seed in seeds], KEPT, crew)
            taken.append(perf_counter() - started)
    return {"start_s": taken[0], "seconds": taken[1]}


def tuning(trials: int) -> dict:
    """``cpu_ms``, ``wall_ms``: time a trial beyond the 5 ms of its one run, of a search by NSGA-II and a random one.

    From the file to the journal, sampling, store and measures included; and ``peak_mb``.
    """
    from sim.compose import configure

    (once,) = work([Job.of(configure(*TINY), 1)], KEPT)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bench.yaml"
        file.write_text(TUNING.format(base=", ".join(TINY), trials=trials))
        started, begun = clock(), perf_counter()
        Tuner(read(str(file)), (), Path(folder), Crew(), StandIn(once)).tried()
        cpu, wall = clock() - started, perf_counter() - begun
    beyond = (1000 * (seconds / (2 * trials) - SPIN_S) for seconds in (cpu, wall))
    return dict(zip(("cpu_ms", "wall_ms"), beyond, strict=True)) | {"peak_mb": peak_mb()}


def measured(*arguments: object) -> dict:
    """What a fresh process prints that is called with ``arguments``."""
    return together(1, *arguments)[0]


def together(processes: int, *arguments: object) -> list[dict]:
    """What so many fresh processes print that are called with ``arguments`` at the same time, each by itself."""
    command = [sys.executable, "-P", "-m", "scenarios.bench.runs", *map(str, arguments)]
    with ThreadPoolExecutor(processes) as threads:
        ended = threads.map(lambda _: subprocess.run(command, check=True, stdout=subprocess.PIPE), range(processes))
        return [json.loads(process.stdout) for process in ended]


if __name__ == "__main__":
    kind, *numbers = sys.argv[1:]
    print(json.dumps({"stand_in": stand_in, "study": study, "tuning": tuning}[kind](*map(int, numbers))))
