"""From a study to its jobs: which arm is run in which guard, with every seed."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

import pandas as pd

from analysis.errors import InputError as TableError
from analysis.measure import TWIN_MEASURES
from analysis.run import Run
from analysis.study import AS_IT_IS
from analysis.twins import Twins
from scenarios.runner.job import Job, document, jobs_of, text
from scenarios.runner.moved import moved
from scenarios.runner.words import check_keys
from scenarios.study.contrast import Contrast
from scenarios.study.decisive import Decisive
from scenarios.study.definition import Study
from scenarios.study.guards import GUARDS, SOLVED
from sim.compose import configure
from sim.config import Config
from sim.errors import InputError
from sim.shell.check import check_named


class Point(NamedTuple):
    """A configuration of a study: an arm in the world as it is, or in a guard."""

    arm: str
    guard: str
    config: Config


def needed(study: Study) -> dict[str, list[str]]:
    """Guard → the arms that are run in it: all in the world as it is, elsewhere those that a decisive measure needs."""
    found: dict[str, set[str]] = {AS_IT_IS: set(study.arms.overrides)}
    for each in study.decisive:
        for world in each.worlds:
            found.setdefault(world.guard, set()).update(arms_of(study, each, world.contrast))
    return {guard: [arm for arm in study.arms.overrides if arm in arms] for guard, arms in found.items()}


def arms_of(study: Study, each: Decisive, contrast: Contrast) -> Iterator[str]:
    """The arms that the measure needs for a contrast: those that weigh, and those whose twins they are."""
    for arm in contrast.weights:
        yield arm
        if TWIN_MEASURES.keys() & {*each.measures}:
            yield study.arms.baseline(arm)


def compose(study: Study, arm: str, overrides: Sequence[str], switched: Sequence[str] = ()) -> Config:
    """The configuration of an arm: what the study says, the arm, ``overrides``, and what a guard has ``switched``.

    Raises ``InputError``, naming the arm where it is wrong without ``overrides``.
    """
    behind = f" with {', '.join(switched)}" if switched else ""
    return blamed(f"{study.name}: arm {arm}{behind}", (*study.base, *study.arms.overrides[arm]), overrides, switched)


def blamed(where: str, own: Sequence[str], words: Sequence[str], switched: Sequence[str] = ()) -> Config:
    """Composed of ``own`` lines, ``words`` of the command line, and what is ``switched`` behind them.

    Raises ``InputError``: of ``where`` if the lines are wrong without the words, else of these.
    """
    try:
        return composed(*own, *words, *switched)
    except InputError:
        try:
            composed(*own, *switched)
        except InputError as error:
            raise InputError(f"{where}: {error}") from error
        raise


@cache
def composed(*overrides: str) -> Config:
    """Composed and checked, once: solving asks for the same again."""
    check_keys(line.lstrip("+~").partition("=")[0] for line in overrides)
    config = configure(*overrides)
    check_named(config)
    return config


def points(study: Study, overrides: Iterable[str] = ()) -> list[Point]:
    """The points of ``study`` but for those in guards that are solved for. Raises ``InputError``."""
    overrides, asked = tuple(overrides), needed(study)
    found = [
        Point(arm, guard, compose(study, arm, overrides, () if guard == AS_IT_IS else GUARDS[guard][0]))
        for guard, arms in asked.items()
        if guard not in SOLVED
        for arm in arms
    ]
    configs = {point.arm: point.config for point in found if point.guard == AS_IT_IS}
    _refuse_doubles(study, configs)
    for guard, arms in asked.items():
        for arm in arms if guard in SOLVED else ():
            _refuse_moved(study, arm, configs[arm], guard)
    if TWIN_MEASURES.keys() & {*study.measures}:
        for arm in configs:
            _refuse_strangers(study, configs, arm)
    return found


def _refuse_doubles(study: Study, configs: dict[str, Config]) -> None:
    """Between two arms of one configuration every effect is 0 in every seed, whatever the mechanism."""
    first: dict[str, str] = {}
    for arm, config in configs.items():
        same = first.setdefault(text(config), arm)
        if same != arm:
            raise InputError(f"{study.name}: arm {arm}: its configuration is that of {same}; allowed is another")


def _refuse_moved(study: Study, arm: str, config: Config, guard: str) -> None:
    """What a schedule or a controller moves has no one value to be solved for."""
    key, _ = SOLVED[guard]
    if key in moved(config):
        raise InputError(
            f"{study.name}: arm {arm}: {key} is scheduled or steered; allowed in {guard} is a constant one"
        )


def _refuse_strangers(study: Study, configs: dict[str, Config], arm: str) -> None:
    """Measures of twins need two arms of one world."""
    pair = (
        Run(f"{study.name}: arm {name}", document(configs[name]), {}, "", lambda table: None)
        for name in (study.arms.baseline(arm), arm)
    )
    try:
        Twins(*pair)
    except TableError as error:
        raise InputError(str(error)) from error


def jobs(found: Iterable[Point], seeds: Iterable[int]) -> tuple[pd.DataFrame, list[Job]]:
    """The table of points (arm, guard, seed, key), and the jobs in the order of their keys, each once."""
    return jobs_of((({"arm": point.arm, "guard": point.guard}, point.config) for point in found), seeds)


def with_factors(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """``table`` with a column for each factor: numbers where all its levels are, names otherwise."""
    found = table.copy()
    for name, factor in study.arms.factors.items():
        of = dict(zip(factor.levels, factor.doses or factor.levels, strict=True))
        found[name] = [of[study.arms.levels[arm][name]] for arm in table["arm"]]
    return found
