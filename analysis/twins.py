"""Twins: two runs of one world under two governances, whose differences are therefore effects and not luck."""

from collections.abc import Iterator

import numpy as np

from analysis.errors import InputError
from analysis.run import Run, Table

WORLD = (
    "seed", "horizon_days", "warmup_days", "tick_s", "demand", "calibration", "population", "service", "response",
    "learning", "landscape", "data", "projects", "developers.arrivals", "developers.arrival_share",
    "developers.endowment",
)  # fmt: skip
"""Keys and groups that make the world: who is there, what comes to whom, what building takes and how models behave.
All others may differ: evidence, admission, gauntlet, stake, router, retries, money, and by what policy developers
decide."""

_SAME = ("developer", "idea", "domain", "day", "potential")


class Twins:
    """Two runs of one world: ``first``, the baseline, and ``second``.

    Raises ``InputError`` where they are not: another version, simulator or world, or ideas that are not the same.
    """

    def __init__(self, first: Run, second: Run):
        self.first, self.second = first, second
        differing = [*_differing(first, second)]
        if differing:
            name, here, there = differing[0]
            more = f" (and {len(differing) - 1} more)" if len(differing) > 1 else ""
            raise InputError(
                f"{first.where}, {second.where}: no twins: {name}: found {here} and {there}{more}; allowed are two "
                "runs of one world"
            )

    def ideas(self) -> tuple[Table, Table]:
        """The ideas of both, row by row the same ones, ascending by developer and idea: column → (ideas,)."""
        ours, theirs = _sorted(self.first), _sorted(self.second)
        for column in _SAME:
            if not np.array_equal(ours[column], theirs[column]):
                raise InputError(
                    f"{self.first.where}, {self.second.where}: no twins: their ideas differ in {column!r}; allowed are "
                    "two runs of one world"
                )
        return ours, theirs


def _differing(first: Run, second: Run) -> Iterator[tuple[str, object, object]]:
    """(key, value in the first, value in the second) of all that makes the world and differs."""
    if first.version != second.version:
        yield "version", first.version, second.version
    if first.simulator != second.simulator:
        yield "simulator", first.simulator, second.simulator
    for name in WORLD:
        yield from _unequal(name, first.config.at(name), second.config.at(name))


def _unequal(name: str, one: object, other: object) -> Iterator[tuple[str, object, object]]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one | other:
            yield from _unequal(f"{name}.{key}", one.get(key), other.get(key))
    elif one != other:
        yield name, one, other


def _sorted(run: Run) -> Table:
    ideas = run["ideas"]
    return Table(ideas, np.lexsort((ideas["idea"], ideas["developer"])))
