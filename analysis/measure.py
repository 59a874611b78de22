"""What a measure is: a function of the tables of a run, or of two twins, with its unit, formula, range and source."""

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from analysis.columns import unit
from analysis.errors import InputError
from analysis.numbers import ROUNDING, by_unit
from analysis.run import TABLES, Run

strict = np.errstate(divide="raise", over="raise", invalid="raise")
"""Decorates who takes measures: arithmetic that comes to nothing is an error there, and no warning."""


@dataclass(frozen=True)
class Measure:
    """One number of a run, ``function(run)``, or of two runs of one world, ``function(run, twin)``.

    ``formula`` uses the columns of the tables; ``within`` is the least and the greatest value it can take; ``recipe``
    is a line of pandas that gives the same number, with each table as a DataFrame under its own name, ``summary`` and
    ``config`` as dictionaries, and of twins those of the second run with an underscore behind the name. NaN: not
    defined, such as a rate without trials.
    """

    name: str
    function: Callable[..., float]
    unit: str
    formula: str
    within: tuple[float, float]
    source: str
    recipe: str

    def of(self, *runs: Run) -> float:
        """Its value. Raises ``InputError`` where it leaves its range, as of no run's tables, or cannot be taken.

        It cannot be where arithmetic comes to nothing, which it is told in callers that `strict` decorates alone.
        """
        where, (low, high) = runs[-1].where, self.within
        try:
            found = float(self.function(*runs))
        except FloatingPointError as error:
            raise InputError(f"{where}: {self.name} cannot be taken of these tables: {error}") from error
        if found < low - ROUNDING or found > high + ROUNDING:
            said = f"{self.name} comes out as {found:g}; allowed are {low:g} to {high:g}"
            raise InputError(f"{where}: {said}, so its tables are no run's")
        return found

    @property
    def about(self) -> str:
        """What it says, in a sentence: the first of its function's docstring."""
        return " ".join((self.function.__doc__ or "").split()).partition(". ")[0].rstrip(".")

    @property
    def tables(self) -> frozenset[str]:
        """The tables that it needs of either run: those that its recipe names, and models, where they are looked up."""
        named = {node.id for node in ast.walk(ast.parse(self.recipe, mode="eval")) if isinstance(node, ast.Name)}
        return frozenset(table for table in TABLES if named & {table, f"{table}_"} or table == "models")


MEASURES: dict[str, Measure] = {}
"""Measures of one run, by name."""

TWIN_MEASURES: dict[str, Measure] = {}
"""Measures of two twins, by name."""


def register(measures: dict[str, Measure], measure: Measure) -> None:
    """Add ``measure``; a name can be taken once."""
    if measure.name in measures:
        raise ValueError(f"{measure.name}: two measures of this name")
    measures[measure.name] = measure


def measure(*, unit: str, formula: str, within: tuple[float, float], source: str, recipe: str):
    """Decorate a function of a `Run`: it becomes the measure of its name."""
    return _decorator(MEASURES, unit, formula, within, source, recipe)


def twin_measure(*, unit: str, formula: str, within: tuple[float, float], source: str, recipe: str):
    """Decorate a function of two `Run` of one world, ``(run, twin)``: it becomes the measure of its name."""
    return _decorator(TWIN_MEASURES, unit, formula, within, source, recipe)


def _decorator(measures, *said):
    def add(function: Callable[..., float]):
        register(measures, Measure(function.__name__, function, *said))
        return function

    return add


def families(measures: Mapping[str, Measure]) -> dict[str, Measure]:
    """The first measure of each family, under a name for all of it, such as ``gini.{turns,revenue}.{model,developer}``.

    A family is the measures whose names differ after the first dot alone and that say the same; most are of one.
    """
    found: dict[tuple[str, str, str], list[str]] = {}
    for name, one in measures.items():
        found.setdefault((name.partition(".")[0], one.about, one.formula), []).append(name)
    return {_of_all(names): measures[names[0]] for names in found.values()}


def _of_all(names: list[str]) -> str:
    words = [list(dict.fromkeys(at)) for at in zip(*(name.split(".") for name in names), strict=True)]
    return ".".join(at[0] if len(at) == 1 else f"{{{','.join(at)}}}" for at in words)


def value(run: Run, name: str) -> float:
    """A measure of ``run`` by name: one of `MEASURES`, or else a key of its summary."""
    return MEASURES[name].of(run) if name in MEASURES else in_summary(run, name)


def in_summary(run: Run, key: str) -> float | str:
    """A key of the summary of ``run``; null is NaN, and no whole number.

    Raises ``InputError`` on one that is missing or not allowed.
    """
    if key not in run.summary:
        raise InputError(f"{run.where}: summary.json has no key {key!r}; this version writes one")
    found, held = run.summary[key], by_unit().get(unit("summary", key))
    whole = held is not None and held.whole
    if not whole and (found is None or found != found):
        return math.nan
    if held and (isinstance(found, bool) or not isinstance(found, int | float) or found not in held):
        said = "null" if found is None else repr(found)
        allowed = f"{held}" if whole else f"{held}, or null"
        raise InputError(f"{run.where}: summary.json: {key}: found {said}; allowed are {allowed}")
    return found
