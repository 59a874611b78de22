"""Tunings without a simulator: functions whose front is known, and a stand-in whose best setting is planted."""

import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path

import numpy as np
import pyarrow as pa

from scenarios.runner.job import Job
from scenarios.runner.work import Outcome, text
from scenarios.tune.command import run_tuning
from scenarios.tune.definition import read
from scenarios.tune.journal import Journal
from scenarios.tune.judging import Judge
from scenarios.tune.levers import Lever
from scenarios.tune.objectives import Aim, Objective
from scenarios.tune.trials import Search, Trial
from scenarios.tune.values import Range
from sim.output.provenance import DISTRIBUTION

BEST_STRICTNESS, BEST_HALF_LIFE = 0.64, 20.0
"""Where the stand-in has its highest success rate."""

PLANTED = """
question: Where was it planted?
levers:
  governance.strictness: {low: 0.5, high: 0.74}
  evidence.half_life_days: {low: 2, high: 100, log: true}
  gauntlet.prompts: {low: 10, high: 200}
  stake: {choices: [none, pseudo_count]}
  stake.sigma: {low: 0, high: 1, when: {stake: pseudo_count}}
objectives:
  - {measure: success_rate, direction: up, best: best quality}
  - {measure: hhi, direction: down, best: most open}
worlds:
  count: 2
  draws: {developers.endowment.wealth_sigma: {low: 0.5, high: 1.5}}
tables: [ideas]
trials: 60
batch: 20
fresh: {worlds: 4, most: 4}
"""


def zdt1(x: np.ndarray) -> tuple[float, ...]:
    """Zitzler, Deb and Thiele (2000): the front is f2 = 1 - √f1, where all but the first of ``x`` are 0."""
    g = 1 + 9 * x[1:].mean()
    return float(x[0]), float(g * (1 - math.sqrt(x[0] / g)))


def dtlz2(x: np.ndarray) -> tuple[float, ...]:
    """Deb and others (2002), three objectives: an eighth of a sphere, where from the third on all are ½."""
    g = 1 + ((x[2:] - 0.5) ** 2).sum()
    a, b = x[:2] * math.pi / 2
    return tuple(g * f for f in (math.cos(a) * math.cos(b), math.cos(a) * math.sin(b), math.sin(a)))


def searched(
    function: Callable[[np.ndarray], tuple[float, ...]], levers: int, sampler: str, trials: int, batch: int,
    folder: Path, seed: int = 1, watch: Callable[[Sequence[Trial]], None] = lambda trials: None, judge: str = "mean",
) -> list[Trial]:  # fmt: skip
    """A search for the least of every value of ``function``, of so many levers between 0 and 1."""
    ranges = [Lever(f"x{i:02d}", Range(0, 1, False), {}) for i in range(levers)]

    def measured(setting) -> dict[str, np.ndarray]:
        values = function(np.array([setting[lever.key] for lever in ranges]))
        return {f"f{i}": np.array([value]) for i, value in enumerate(values)}

    def evaluate(settings, number: int):
        return [measured(one) for one in settings]

    default = measured({lever.key: 0.5 for lever in ranges})
    aim = Aim(tuple(Objective(name, False, f"best {name}", Judge(judge)) for name in default), ())
    return Search("tuned", sampler, seed, batch, ranges, aim, default).run(Journal(folder), {}, trials, evaluate, watch)


def planted(jobs: list[Job], wanted: tuple[str, ...], seconds: float = 0.0) -> list[Outcome]:
    """In the place of `scenarios.runner.work.work`: a success rate with one best setting, and concentration against
    it; noise is the seed's, the same for every setting but for a tenth."""
    found = []
    for job in jobs:
        time.sleep(seconds)
        config, common = job.config, np.random.default_rng(job.config.seed)
        own = np.random.default_rng(int(job.key, 16))
        strictness, days = config.governance.strictness, config.evidence.half_life_days
        off = ((strictness - BEST_STRICTNESS) / 0.1) ** 2 + (math.log(days / BEST_HALF_LIFE) / 2) ** 2
        rate = 0.8 - 0.1 * off + common.normal(0, 0.02) + own.normal(0, 0.002)
        row = {
            "key": job.key, "seed": config.seed, "version": metadata.version(DISTRIBUTION),
            "config": text(config), "success_rate": rate,
            "hhi": 0.1 + 0.2 * (strictness - 0.5) + 0.1 * config.stake.sigma + own.normal(0, 0.001),
        }  # fmt: skip
        tables = {name: pa.table({"key": [job.key]}) for name in wanted}
        found.append(Outcome(job.key, tables | {"runs": pa.Table.from_pylist([row])}, "", seconds))
    return found


def slowly(jobs: list[Job], wanted: tuple[str, ...]) -> list[Outcome]:
    """The stand-in, at 5 ms a run."""
    return planted(jobs, wanted, 0.005)


def attempt(file: Path, out: Path, do=planted, overrides: Sequence[str] = ()) -> None:
    """``turnstile tune FILE`` by a stand-in, without a word."""
    with open(os.devnull, "w") as nowhere:
        sys.stdout = sys.stderr = nowhere
        try:
            run_tuning(read(str(file)), list(overrides), out, 1, None, do)
        finally:
            sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
