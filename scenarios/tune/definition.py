"""What a tuning file may say, and its check."""

from dataclasses import dataclass
from pathlib import Path

from analysis.run import TABLES
from scenarios.runner.work import KEPT
from scenarios.study import saying
from scenarios.study.definition import MOST_SEEDS
from scenarios.study.saying import Said
from scenarios.tune.judging import MEAN, Judge, judge
from scenarios.tune.levers import Lever, levers
from scenarios.tune.objectives import Aim, aim
from scenarios.tune.samplers import NSGA2, SAMPLERS
from scenarios.tune.worlds import Worlds, worlds
from sim.errors import InputError

FOLDER = Path(__file__).parents[1] / "tunings"
"""Where the tunings lie: a new file is a new tuning."""

MOST_TRIALS = 100_000


@dataclass(frozen=True)
class Fresh:
    """How the front is tried again: in so many new ``worlds`` to choose by, and as many to judge by.

    ``most``: settings from each search, at most.
    """

    worlds: int
    most: int


@dataclass(frozen=True)
class Tuning:
    """A tuning. ``said``: the file as it was read; ``baseline``: overrides of the runs that measures of twins compare
    with, None where that is the default; ``batch``: trials that are asked for at a time; ``tables``: kept of each
    run."""

    path: Path
    said: dict
    question: str
    base: tuple[str, ...]
    baseline: tuple[str, ...] | None
    levers: tuple[Lever, ...]
    aim: Aim
    worlds: Worlds
    sampler: str
    trials: int
    batch: int
    fresh: Fresh
    tables: tuple[str, ...]

    def __post_init__(self):
        if self.fresh.worlds * self.worlds.seeds > MOST_SEEDS:
            raise InputError(
                f"{self.path}: fresh.worlds: found {self.fresh.worlds}, of {self.worlds.seeds} seeds each; allowed are "
                f"at most {MOST_SEEDS} seeds in all, so that no two sets of worlds share any"
            )

    @property
    def name(self) -> str:
        """The name of its file."""
        return self.path.stem


def names() -> list[str]:
    """All tunings."""
    return saying.names(FOLDER)


def read(name: str) -> Tuning:
    """The tuning ``name``, or that in the file ``name`` (.yaml). Raises ``InputError`` where something is wrong."""
    return tuning(Said.read(name, FOLDER, "tuning"))


_KNOWN = (
    "question", "base", "baseline", "levers", "objectives", "constraints", "judge", "worlds", "sampler", "trials",
    "batch", "fresh", "tables",
)  # fmt: skip
_NEEDED = ("question", "levers", "objectives", "worlds")


def tuning(said: Said) -> Tuning:
    """The tuning that the document ``said`` describes. Raises ``InputError`` where something is wrong."""
    found = said.keys(_KNOWN, _NEEDED)
    common = judge(found["judge"]) if "judge" in found else Judge(MEAN)
    return Tuning(
        said.path,
        said.value,
        found["question"].text(),
        found["base"].overrides() if "base" in found else (),
        found["baseline"].overrides() if "baseline" in found else None,
        levers(found["levers"]),
        aim(found["objectives"], found.get("constraints"), common),
        worlds(found["worlds"]),
        found["sampler"].one(SAMPLERS) if "sampler" in found else NSGA2,
        found["trials"].count(1, MOST_TRIALS) if "trials" in found else 200,
        found["batch"].count(2, 1000) if "batch" in found else 20,
        _fresh(found["fresh"]) if "fresh" in found else Fresh(8, 8),
        found["tables"].each(TABLES) if "tables" in found else KEPT,
    )


def _fresh(said: Said) -> Fresh:
    found = said.keys(("worlds", "most"), ("worlds",))
    return Fresh(found["worlds"].count(3, 1000), found["most"].count(1, 100) if "most" in found else 8)
