"""What a study file may say, and its check."""

from dataclasses import dataclass
from pathlib import Path

import analysis.study_figures.kinds  # noqa: F401  fills the registry
from analysis.measure import MEASURES, TWIN_MEASURES
from analysis.run import TABLES
from analysis.study_figures.kind import KINDS, OF_RUNS
from scenarios.runner.work import KEPT
from scenarios.study import arms as design
from scenarios.study import saying
from scenarios.study.arms import Arms
from scenarios.study.crossing import Crossing, crossing_of
from scenarios.study.decisive import Decisive, decisive, guard_names
from scenarios.study.guards import MATCHED
from scenarios.study.saying import Said

FOLDER = Path(__file__).parents[1] / "studies"
"""Where the studies lie: a new file is a new study."""

MOST_SEEDS = 10_000
"""A study is judged by seeds up to this, and solves on seeds above it."""

SHARE = "admitted_share"
"""What is the same in the arms of a guard that matches them."""


@dataclass(frozen=True)
class Figure:
    """A figure of a study: its ``kind``, its ``measures``, and the ``factors`` that its further keys name."""

    kind: str
    measures: tuple[str, ...]
    factors: dict[str, str]


@dataclass(frozen=True)
class Study:
    """A study. ``said``: the file as it was read; ``also``: measures that are reported and decide nothing;
    ``attribution``: those whose whole effect is split over the factors; ``tables``: those kept of each run, what
    figures need among them."""

    name: str
    said: dict
    question: str
    base: tuple[str, ...]
    arms: Arms
    decisive: tuple[Decisive, ...]
    crossings: tuple[Crossing, ...]
    also: tuple[str, ...]
    attribution: tuple[str, ...]
    figures: tuple[Figure, ...]
    seeds: int
    tables: tuple[str, ...]

    @property
    def measures(self) -> tuple[str, ...]:
        """Every measure of a run or of twins that the study asks for, each once."""
        decisive = [name for each in self.decisive for name in each.measures]
        drawn = [name for figure in self.figures if KINDS[figure.kind].measures is OF_RUNS for name in figure.measures]
        matched = [SHARE for each in self.decisive for world in each.worlds if world.guard == MATCHED]
        crossed = [each.measure for each in self.crossings]
        return tuple(dict.fromkeys([*decisive, *crossed, *self.also, *self.attribution, *drawn, *matched]))


def names() -> list[str]:
    """All studies."""
    return saying.names(FOLDER)


def read(name: str) -> Study:
    """The study ``name``, or that in the file ``name`` (.yaml). Raises ``InputError`` where something is wrong."""
    return study(Said.read(name, FOLDER, "study"))


def study(said: Said) -> Study:
    """The study that the document ``said`` describes. Raises ``InputError`` where something is wrong."""
    known = (
        "question", "base", "arms", "factors", "guards", "decisive", "crossings", "also", "attribution", "figures",
        "seeds", "tables",
    )  # fmt: skip
    found = said.keys(known, ("question", "decisive"))
    if ("arms" in found) == ("factors" in found):
        raise said.fault("allowed are either arms or factors")
    arms = design.named(found["arms"]) if "arms" in found else design.product(found["factors"])
    guards = guard_names(found["guards"]) if "guards" in found else ()
    figures = tuple(_figure(arms, each) for each in found["figures"].items()) if "figures" in found else ()
    kept = found["tables"].each(TABLES) if "tables" in found else KEPT
    study = Study(
        said.path.stem,
        said.value,
        found["question"].text(),
        found["base"].overrides() if "base" in found else (),
        arms,
        tuple(decisive(arms, each, guards, _measure) for each in found["decisive"].items(least=1)),
        tuple(crossing_of(arms, each, _measure) for each in found["crossings"].items()) if "crossings" in found else (),
        tuple(map(_measure, found["also"].items())) if "also" in found else (),
        _attribution(arms, found["attribution"]) if "attribution" in found else (),
        figures,
        found["seeds"].count(2, MOST_SEEDS) if "seeds" in found else 40,
        tuple(dict.fromkeys([*kept, *(table for figure in figures for table in KINDS[figure.kind].tables)])),
    )
    for name in study.measures:
        measure = MEASURES.get(name) or TWIN_MEASURES.get(name)  # else a key of the summary, which is always kept
        for table in sorted(measure.tables - {*study.tables} if measure else ()):
            raise said.fault(f"tables: {name} needs {table}; allowed are {', '.join([*study.tables, table])}")
    return study


def _measure(said: Said) -> str:
    """The name of a measure of a run or of twins, or of a key of the summary."""
    return said.one(OF_RUNS)


def _attribution(arms: Arms, said: Said) -> tuple[str, ...]:
    """Measures that are split over factors; each of these has two levels, off and on."""
    if not arms.factors or any(len(factor.levels) != 2 for factor in arms.factors.values()):
        found = ", ".join(f"{name} of {len(factor.levels)} levels" for name, factor in arms.factors.items())
        raise said.fault(f"found {found or 'arms by name'}; allowed where every factor has two levels, off and on")
    return tuple(map(_measure, said.items(least=1)))


def _figure(arms: Arms, said: Said) -> Figure:
    """A figure; each of its further keys names a factor."""
    found = said.mapping("a kind, and measures")
    if "kind" not in found:
        raise said.fault("kind: missing")
    name = found["kind"].one(KINDS)
    kind = KINDS[name]
    said.keys(("kind", "measures", *kind.keys), ("measures", *(key for key, needed in kind.keys.items() if needed)))
    found["measures"].items(least=1)
    factors = {key: found[key].one(arms.factors) for key in kind.keys if key in found}
    if "over" in factors and arms.factors[factors["over"]].doses is None:
        raise found["over"].wrong("its levels are no numbers; allowed is a factor of numbers")
    if len(set(factors.values())) < len(factors):
        raise said.fault(f"{' and '.join(factors)} are one factor; allowed are different ones")
    return Figure(name, found["measures"].each(kind.measures), factors)
