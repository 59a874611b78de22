"""From a study to its jobs: every arm, in the world as it is and in each guard, with every seed."""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from scenarios.runner.job import Job
from scenarios.study.definition import Study
from scenarios.study.guards import GUARDS
from sim.compose import configure
from sim.config import Config
from sim.errors import InputError
from sim.shell.complaints import complaint

AS_IT_IS = ""
"""The guard that is none."""


class Point(NamedTuple):
    """A configuration of a study: an arm in the world as it is, or in a guard."""

    arm: str
    guard: str
    config: Config


def points(study: Study, overrides: Iterable[str] = ()) -> list[Point]:
    """The points of ``study``; ``overrides`` come behind its own. Raises ``InputError`` naming the arm."""
    found = []
    for guard in (AS_IT_IS, *study.guards):
        switched = GUARDS[guard][0] if guard else ()
        for arm, words in study.arms.items():
            try:
                found.append(Point(arm, guard, configure(*study.base, *words, *switched, *overrides)))
            except Exception as error:
                said = error if isinstance(error, InputError) else complaint(error)
                raise InputError(f"{study.name}: arm {arm}{f' in {guard}' if guard else ''}: {said}") from error
    return found


def jobs(found: Iterable[Point], seeds: int) -> tuple[pd.DataFrame, list[Job]]:
    """The table of points (arm, guard, seed, key), and the jobs in the order of their keys, each once."""
    rows, every = [], {}
    for point in found:
        for seed in range(1, seeds + 1):
            job = Job.of(point.config, seed)
            every[job.key] = job
            rows.append((point.arm, point.guard, seed, job.key))
    return pd.DataFrame(rows, columns=["arm", "guard", "seed", "key"]), [every[key] for key in sorted(every)]
