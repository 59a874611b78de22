"""Objectives and constraints: measures with a direction, and what a setting comes to by them."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from analysis.study_figures.kind import OF_RUNS
from scenarios.study.saying import Said
from scenarios.tune.judging import CVAR, MEAN, REGRET, WORST, Judge, judge

UP, DOWN = "up", "down"

KNEE, CURRENT, BASELINE = "knee", "current default", "baseline"
TAKEN = (KNEE, CURRENT, BASELINE)
"""What settings are called that are the best by no objective alone."""

Measured = Mapping[str, np.ndarray]
"""Measure → its value in each world, the mean over that world's seeds: (worlds,)."""


@dataclass(frozen=True)
class Objective:
    """A ``measure`` that should go ``up`` or down; ``best``: what the setting is called that is best by it alone."""

    measure: str
    up: bool
    best: str
    judge: Judge

    @property
    def lower(self) -> bool:
        """Whether less of what it is judged by is better: regret is a loss whatever its measure."""
        return self.judge.kind == REGRET or not self.up

    def value(self, measured: Measured, best: Mapping[str, np.ndarray]) -> float:
        """What it is judged by, in the unit of the measure; ``best``: measure → the best value in each world."""
        return float(self.judge.of(measured[self.measure], self.up, best.get(self.measure)))

    def best_of(self, every: Iterable[Measured]) -> np.ndarray:
        """The best value that any of ``every`` has in each world; NaN where none has one."""
        held = np.array([measured[self.measure] for measured in every])
        held = np.where(np.isnan(held), -math.inf if self.up else math.inf, held)
        found = held.max(axis=0) if self.up else held.min(axis=0)
        return np.where(np.isinf(found), np.nan, found)


@dataclass(frozen=True)
class Constraint:
    """A ``measure`` must be ``least`` (or, where not, at most) the ``bound``; or so many times what the default has.

    Of a negative default, 0.98 times is 2 % of it below, as it is of a positive one.
    """

    measure: str
    least: bool
    bound: float
    of_default: bool
    judge: Judge

    @property
    def words(self) -> str:
        """``hhi at most 0.5 of the default's``."""
        times = f"{self.bound:g} of the default's" if self.of_default else f"{self.bound:g}"
        return f"{self.measure} {'at least' if self.least else 'at most'} {times}"

    def violation(self, measured: Measured, default: Measured) -> float:
        """By how much it is violated, in parts of the bound where that is not 0; up to 0 where it is met."""
        value = float(self.judge.of(measured[self.measure], self.least))
        bound = self.bound
        if self.of_default:
            now = float(self.judge.of(default[self.measure], self.least))
            bound = now + (bound - 1) * abs(now)
        over = (bound - value if self.least else value - bound) / (abs(bound) or 1.0)
        return math.inf if math.isnan(over) else over


class Judged(NamedTuple):
    """What a setting comes to: a value an objective, NaN where it is not defined; and a violation a constraint."""

    values: tuple[float, ...]
    violations: tuple[float, ...]

    @property
    def finite(self) -> bool:
        """Whether every objective has a value."""
        return all(map(math.isfinite, self.values))

    @property
    def feasible(self) -> bool:
        """Whether it has values and meets every constraint."""
        return self.finite and all(violation <= 0 for violation in self.violations)


@dataclass(frozen=True)
class Aim:
    """All ``objectives`` and ``constraints`` of a tuning."""

    objectives: tuple[Objective, ...]
    constraints: tuple[Constraint, ...]

    @property
    def measures(self) -> tuple[str, ...]:
        """Every measure, each once."""
        return tuple(dict.fromkeys(each.measure for each in (*self.objectives, *self.constraints)))

    def best(self, every: Sequence[Measured]) -> dict[str, np.ndarray]:
        """Measure → the best value in each world, of the objectives that are judged by regret."""
        return {each.measure: each.best_of(every) for each in self.objectives if each.judge.kind == REGRET}

    def judged(self, measured: Measured, default: Measured, best: Mapping[str, np.ndarray]) -> Judged:
        """What ``measured`` comes to, beside the ``default`` and the ``best`` in each world."""
        return Judged(
            tuple(each.value(measured, best) for each in self.objectives),
            tuple(each.violation(measured, default) for each in self.constraints),
        )

    def losses(self, values: Sequence[float] | np.ndarray) -> np.ndarray:
        """``values`` (..., objectives) with their sign such that less is better."""
        return np.asarray(values, float) * np.array([1.0 if each.lower else -1.0 for each in self.objectives])


def aim(objectives: Said, constraints: Said | None, common: Judge) -> Aim:
    """What a tuning file aims at; ``common``: how it judges where an objective or a constraint says nothing."""
    found = tuple(_objective(one, common) for one in objectives.items(least=1))
    if len({each.measure for each in found}) < len(found):
        raise objectives.fault("a measure stands twice; allowed are different ones")
    names = {re.sub(r"\W+", " ", each.best).strip().lower() for each in found} - set(TAKEN)
    if len(names - {""}) < len(found):
        raise objectives.fault(
            f"two settings would have one name; allowed are different words at best, and not {', '.join(TAKEN)}"
        )
    return Aim(found, tuple(_constraint(one, common) for one in (constraints.items() if constraints else ())))


def _objective(said: Said, common: Judge) -> Objective:
    found = said.keys(("measure", "direction", "best", "judge"), ("measure", "direction"))
    measure = found["measure"].one(OF_RUNS)
    named = found["best"].text() if "best" in found else f"best {measure}"
    if "," in named:
        raise found["best"].wrong("allowed are words without a comma")
    chosen = judge(found["judge"]) if "judge" in found else common
    return Objective(measure, found["direction"].one((UP, DOWN)) == UP, named, chosen)


def _constraint(said: Said, common: Judge) -> Constraint:
    found = said.keys(("measure", "least", "most", "judge"), ("measure",))
    if ("least" in found) == ("most" in found):
        raise said.fault("allowed is either least or most")
    bound = found["least" if "least" in found else "most"]
    of_default = isinstance(bound.value, dict)
    number = bound.keys(("default",), ("default",))["default"] if of_default else bound
    if "judge" in found:
        chosen = judge(found["judge"], (MEAN, WORST, CVAR))
    else:
        chosen = Judge(MEAN) if common.kind == REGRET else common
    return Constraint(found["measure"].one(OF_RUNS), "least" in found, number.number(), of_default, chosen)
