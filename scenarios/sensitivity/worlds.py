"""The runs of a sensitivity: every world of its design, in every arm, with seeds of its own."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.sensitivity.analysing import SIGNS
from analysis.sensitivity.noise import DUMMY
from scenarios.runner.job import Job
from scenarios.sensitivity.definition import Sensitivity
from scenarios.sensitivity.design import Design, design
from scenarios.sensitivity.swept import with_values
from scenarios.study.measuring import with_measures
from sim.errors import InputError

AS_THEY_ARE = 0
"""The world whose constants are as they are; those of the design count from 1."""

SEEDS_APART = 1_000_000
"""Seed r of a world with luck l is this·(r + 1) + l: apart from those by which studies judge and solve."""

OWN_SEEDS = 10
"""Seeds, the first ones of studies, of the world whose constants are as they are."""


class Plan(NamedTuple):
    """``worlds``: (worlds, world, block, a column for each parameter, dummy); ``points``: world, arm, replicate, seed,
    key of each run; ``jobs``: in the order of their keys, each once."""

    design: Design
    worlds: pd.DataFrame
    points: pd.DataFrame
    jobs: list[Job]


def plan(asked: Sensitivity, worlds: int | None, seeds: int) -> Plan:
    """The runs. Raises ``InputError`` where there are too few worlds, or a world may not be."""
    if not asked.parameters:
        raise InputError(f"{asked.name}: no parameter is left; allowed is at least one")
    made = design(asked.method, len(asked.parameters), worlds)
    values = {each.key: each.at(made.unit[:, i]) for i, each in enumerate(asked.parameters)}
    named = {"world": np.arange(1, len(made.unit) + 1), "block": made.block}
    table = pd.DataFrame(named | values | {DUMMY: made.unit[:, -1]})
    rows, every = [], {}

    def add(world: int, arm: str, config, seeds: list[int]) -> None:
        for replicate, seed in enumerate(seeds):
            job = Job.of(config, seed)
            every[job.key] = job
            rows.append((world, arm, replicate, seed, job.key))

    if asked.method == SIGNS:
        for arm, config in asked.arms.items():
            add(AS_THEY_ARE, arm, config, list(range(1, OWN_SEEDS + 1)))
    for i, world in enumerate(table["world"].tolist()):
        chosen = {key: held[i].item() for key, held in values.items()}
        own = [SEEDS_APART * (replicate + 1) + int(made.luck[i]) for replicate in range(seeds)]
        for arm, config in asked.arms.items():
            try:
                add(world, arm, with_values(config, chosen), own)
            except InputError as error:
                together = "allowed are ranges in which all may be together, or KEY=VALUE for one of them"
                raise InputError(f"{asked.name}: world {world}: {error}; {together}") from error
    points = pd.DataFrame(rows, columns=["world", "arm", "replicate", "seed", "key"])
    return Plan(made, table, points, [every[key] for key in sorted(every)])


def outputs(asked: Sensitivity, found: Plan, folder: Path, workers: int) -> pd.DataFrame:
    """output, world, replicate, value: each output of each world with each of its seeds; NaN where it is not defined.

    Arms share their seeds in a world, so a contrast is that of one seed.
    """
    shared = ("world", "replicate")
    measured = with_measures(found.points, asked.measures, asked.baseline, folder, workers, shared)
    held = []
    for output in asked.outputs:
        values = measured[output.measure] - measured[output.minus] if output.minus else measured[output.measure]
        by_arm = measured.assign(value=values).pivot(index=list(shared), columns="arm", values="value")
        effects = output.contrast.of(by_arm).replace([np.inf, -np.inf], np.nan).rename("value").reset_index()
        held.append(effects.assign(output=output.label)[["output", *shared, "value"]])
    return pd.concat(held, ignore_index=True)
