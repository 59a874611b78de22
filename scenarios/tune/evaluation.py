"""What settings come to in worlds: runs by the runner of studies, into a store for each batch, and their measures."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.measure import TWIN_MEASURES
from analysis.measuring import measure_store, measure_twins
from scenarios.runner.job import Job
from scenarios.runner.part import write_frame
from scenarios.runner.pool import Crew, Work
from scenarios.runner.running import run_jobs
from scenarios.runner.work import work
from scenarios.tune.objectives import Measured
from scenarios.tune.settings import within
from scenarios.tune.worlds import World
from sim.config import Config

MEASURES = "measures"
"""The table of a batch: a row a run."""


@dataclass(frozen=True)
class Evaluation:
    """How configurations are tried in ``worlds``: where the runs go, who does them, and which ``measures`` are taken.

    ``folder`` holds a store for each place; measures of twins compare with the run of ``baseline`` in the same world.
    """

    folder: Path
    worlds: Sequence[World]
    baseline: Config
    measures: tuple[str, ...]
    tables: tuple[str, ...]
    crew: Crew
    do: Work = work

    def measured(self, configs: Sequence[Config], place: str, what: str = "") -> list[Measured]:
        """Measure → its value in each world, of each of ``configs``, whose runs go to the store ``place``.

        NaN where a seed of a world has none, as where its run failed. The store then has a table `MEASURES`: setting,
        world, seed, key and measures of each run.
        """
        twins = [name for name in self.measures if name in TWIN_MEASURES]
        if twins:
            against = self._run([self.baseline], "baseline", what)["key"].tolist()
        rows = self._run(configs, place, what)
        alone = [name for name in self.measures if name not in TWIN_MEASURES]
        folder = self.folder / place
        if alone:
            rows[alone] = self._values(folder, alone).reindex(rows["key"]).to_numpy(float)
        if twins:
            pairs = list(zip(against * len(configs), rows["key"], strict=True))
            rows[twins] = measure_twins([self.folder / "baseline", folder], pairs, twins).to_numpy()
        rows = rows[["setting", "world", "seed", "key", *self.measures]]
        write_frame(folder, MEASURES, rows)
        means = rows.groupby(["setting", "world"])[list(self.measures)].mean(skipna=False)
        return [
            {name: means.loc[number][name].to_numpy(float) for name in self.measures} for number in range(len(configs))
        ]

    def _run(self, configs: Sequence[Config], place: str, what: str) -> pd.DataFrame:
        """A row a run of ``configs`` in the worlds: setting, world, seed, key; what of them was missing is done."""
        rows, jobs = [], {}
        for number, config in enumerate(configs):
            for world in self.worlds:
                placed = within(config, world)
                for seed in world.seeds:
                    job = Job.of(placed, seed)
                    jobs[job.key] = job
                    rows.append((number, world.number, seed, job.key))
        todo = [jobs[key] for key in sorted(jobs)]
        run_jobs(self.folder / place, todo, self.tables, self.crew, self.do, what)
        return pd.DataFrame(rows, columns=["setting", "world", "seed", "key"])

    def _values(self, folder: Path, names: list[str]) -> pd.DataFrame:
        if not (folder / "runs").is_dir():  # every run failed
            return pd.DataFrame(np.empty((0, len(names))), columns=names)
        return measure_store(folder, names)
