"""Guards that are solved for, arm by arm, on seeds of their own, in a store of their own: ``OUT/solving``.

Every evaluation is a set of runs under their keys, so solving again after an interruption runs only what is missing
and comes to the same values.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from analysis.measuring import measure_store
from scenarios.runner.pool import Crew
from scenarios.runner.running import run_jobs
from scenarios.study.definition import MOST_SEEDS, SHARE, Study
from scenarios.study.guards import LUMP_SUM, MATCHED, SOLVED, STRICTNESS
from scenarios.study.plan import Point, compose, jobs, needed
from scenarios.study.root import illinois, in_step
from sim.config import Config
from sim.errors import InputError

SEEDS = range(MOST_SEEDS + 1, MOST_SEEDS + 9)
"""Seeds of solving: none that a study judges by."""

REACH = 0.2
"""How far from its own value the strictness of an arm may be moved: further, and it is another network."""

STEPS = 6
"""Evaluations between the ends of that range, at most."""

TOLERANCE = 0.01
"""Shares admitted as near as this are matched. Over `SEEDS` of a default run the standard error of one is .015, and it
goes up and down by .01 where strictness changes by a thousandth."""

_TABLES = ("models", "submissions")


class Solved(NamedTuple):
    """A row of ``solved.parquet``: what the guard solves for, strictness or fee, has ``value`` in an arm.

    ``target``: of matched the share admitted in the arm's baseline, of lump_sum the mean slash a submission;
    ``found``: what the value leads to; ``reached``: whether that is near enough.
    """

    guard: str
    arm: str
    value: float
    target: float
    found: float
    reached: bool

    @property
    def line(self) -> str:
        """The Hydra override."""
        return f"{SOLVED[self.guard][0]}={self.value!r}"

    @property
    def note(self) -> str:
        """What is to be said beside a finding that rests on it."""
        return "" if self.reached else f"arm {self.arm} is not {self.guard}: {self.found:.3f}, not {self.target:.3f}"


def most_runs(study: Study) -> int:
    """How many runs solving takes, at most."""
    asked = needed(study)
    apart, arms = asked.get(MATCHED, []), asked.get(LUMP_SUM, [])
    bases = {study.arms.baseline(arm) for arm in apart}
    return len(SEEDS) * (len(bases) + (2 + STEPS) * len(set(apart) - bases) + len(set(arms) - bases))


class Solver:
    """Means over runs on `SEEDS`, of the study's arms under given overrides. ``folder``: that of the study;
    ``crew``: who does the runs, of all steps and of the study."""

    def __init__(self, study: Study, overrides: tuple[str, ...], folder: Path, crew: Crew):
        self.study, self.overrides = study, overrides
        self._folder, self._crew = folder / "solving", crew

    def means(self, worlds: Mapping[str, Config], measures: Iterable[str]) -> pd.DataFrame:
        """Mean of each of ``measures`` over the seeds, a row for each name in ``worlds``."""
        table, todo = jobs([Point(name, "", config) for name, config in worlds.items()], SEEDS)
        if failed := run_jobs(self._folder, todo, _TABLES, self._crew):
            raise InputError(f"{self._folder}: {failed} runs failed, so nothing can be solved for: see failures/ there")
        values = measure_store(self._folder, list(measures)).loc[table["key"]]
        return values.groupby(table["arm"].to_numpy()).mean()

    def config(self, arm: str, *switched: str) -> Config:
        """The configuration of an arm, with what a guard sets behind all else."""
        return compose(self.study, arm, self.overrides, switched)


def solve(solver: Solver) -> list[Solved]:
    """What the guards of the study need, in their order and that of the arms. Raises ``InputError``."""
    ways = {MATCHED: matched, LUMP_SUM: lump_sum}
    asked = needed(solver.study)
    return [row for guard, way in ways.items() if guard in asked for row in way(solver, asked[guard])]


def matched(solver: Solver, arms: list[str]) -> list[Solved]:
    """For each arm the strictness at which the mean share of submissions admitted is that of its baseline."""
    base = {arm: solver.study.arms.baseline(arm) for arm in arms}
    there = solver.means({arm: solver.config(arm) for arm in sorted({*base.values()})}, [SHARE])[SHARE].to_dict()
    own = {arm: solver.config(arm).governance.strictness for arm in arms}
    seen = {(arm, own[arm]): there[arm] for arm in arms if arm == base[arm]}

    def evaluate(asked: dict[str, float]) -> dict[str, float]:
        worlds = {arm: solver.config(arm, f"{STRICTNESS}={value!r}") for arm, value in asked.items()}
        found = solver.means(worlds, [SHARE])[SHARE].to_dict()
        seen.update({(arm, value): found[arm] for arm, value in asked.items()})
        off = {arm: found[arm] - there[base[arm]] for arm in asked}
        return {arm: value if abs(value) > TOLERANCE else 0.0 for arm, value in off.items()}

    searches = {
        arm: illinois(max(0.0, own[arm] - REACH), min(1.0, own[arm] + REACH), STEPS) for arm in arms if arm != base[arm]
    }
    values = own | {arm: value for arm, (value, _) in in_step(searches, evaluate).items()}
    rows = ((arm, values[arm], there[base[arm]], seen[arm, values[arm]]) for arm in arms)
    return [Solved(MATCHED, *row, abs(row[-1] - row[-2]) <= TOLERANCE) for row in rows]


def lump_sum(solver: Solver, arms: list[str]) -> list[Solved]:
    """For each arm the fee that takes, with nothing slashed, as much for each submission as slashing takes."""
    there = solver.means({arm: solver.config(arm) for arm in arms}, ["slashed", "submissions"])
    rows = []
    for arm in arms:
        slashed, submissions = there.loc[arm].tolist()
        each = slashed / submissions if submissions else 0.0
        fee = solver.config(arm).gauntlet.fee + each
        rows.append(Solved(LUMP_SUM, arm, fee, each, each, bool(submissions or not slashed)))
    return rows


def points_solved(solver: Solver, solved: Iterable[Solved]) -> list[Point]:
    """The points of the guards that were solved for."""
    silent = {LUMP_SUM: ("stake.slashing=none",)}
    return [Point(s.arm, s.guard, solver.config(s.arm, *silent.get(s.guard, ()), s.line)) for s in solved]
