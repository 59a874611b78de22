"""From a study to its jobs: which arm is run in which guard, with every seed."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pandas as pd

from analysis.measure import TWIN_MEASURES
from scenarios.runner.job import Job
from scenarios.study.decisive import AS_IT_IS, Decisive, World
from scenarios.study.definition import Study
from scenarios.study.guards import GUARDS
from sim.compose import configure
from sim.config import Config
from sim.errors import InputError
from sim.shell.complaints import complaint


class Point(NamedTuple):
    """A configuration of a study: an arm in the world as it is, or in a guard."""

    arm: str
    guard: str
    config: Config


def needed(study: Study) -> dict[str, list[str]]:
    """Guard → the arms that are run in it: all in the world as it is, elsewhere those that a decisive measure needs."""
    found: dict[str, set[str]] = {AS_IT_IS: set(study.arms.overrides)}
    for each in study.decisive:
        for world in (*each.placebos, *each.guards):
            found.setdefault(world.guard, set()).update(_arms(study, each, world))
    return {guard: [arm for arm in study.arms.overrides if arm in arms] for guard, arms in found.items()}


def _arms(study: Study, each: Decisive, world: World) -> Iterator[str]:
    """The arms that the measure needs in a world: those that weigh, and those whose twins they are."""
    for arm in world.contrast.weights:
        yield arm
        if TWIN_MEASURES.keys() & {*each.measures}:
            yield study.arms.baseline(arm)


def compose(study: Study, arm: str, guard: str, overrides: Iterable[str]) -> Config:
    """The configuration of an arm in a guard, but for what is solved for; ``overrides`` come behind all others.

    Raises ``InputError`` naming the arm.
    """
    switched = GUARDS[guard][0] if guard in GUARDS else ()
    try:
        return configure(*study.base, *study.arms.overrides[arm], *switched, *overrides)
    except Exception as error:
        said = error if isinstance(error, InputError) else complaint(error)
        raise InputError(f"{study.name}: arm {arm}{f' in {guard}' if guard else ''}: {said}") from error


def points(study: Study, overrides: Iterable[str] = ()) -> list[Point]:
    """The points of ``study``, those whose guard is solved for as they are before."""
    overrides = tuple(overrides)
    asked = ((arm, guard) for guard, arms in needed(study).items() for arm in arms)
    return [Point(arm, guard, compose(study, arm, guard, overrides)) for arm, guard in asked]


def jobs(found: Iterable[Point], seeds: Iterable[int]) -> tuple[pd.DataFrame, list[Job]]:
    """The table of points (arm, guard, seed, key), and the jobs in the order of their keys, each once."""
    rows, every, seeds = [], {}, list(seeds)
    for point in found:
        for seed in seeds:
            job = Job.of(point.config, seed)
            every[job.key] = job
            rows.append((point.arm, point.guard, seed, job.key))
    return pd.DataFrame(rows, columns=["arm", "guard", "seed", "key"]), [every[key] for key in sorted(every)]


def with_factors(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """``table`` with a column for each factor: numbers where all its levels are, names otherwise."""
    found = table.copy()
    for name, factor in study.arms.factors.items():
        of = dict(zip(factor.levels, factor.doses or factor.levels, strict=True))
        found[name] = [of[study.arms.levels[arm][name]] for arm in table["arm"]]
    return found
