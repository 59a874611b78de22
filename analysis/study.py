"""A finished study, read from its folder: what was asked, which arms ran, what was measured and what was found."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

import analysis.measures  # noqa: F401  fills the registries
from analysis.columns import documents
from analysis.errors import InputError
from analysis.finished import STUDY, file_name, read_table, record
from analysis.measure import MEASURES, TWIN_MEASURES

AS_IT_IS = ""
"""The guard of the world in which nothing is switched off."""

_FINDINGS = (
    "number", "role", "world", "measure", "contrast", "expected", "because", "smallest", "seeds", "estimate", "low",
    "high", "p", "p_holm", "verdict", "why", "note", "standing", "beyond", "beyond_low", "beyond_high",
)  # fmt: skip
_SOLVED = ("guard", "arm", "value", "target", "found", "reached")
_CROSSINGS = ("measure", "over", "first", "last", "seeds", "estimate", "low", "high")
_ATTRIBUTION = ("measure", "mechanism", "value", "low", "high", "seeds")
_POINTS = ("arm", "guard", "seed", "key")


@dataclass(frozen=True)
class Study:
    """The tables of the study in ``folder``, without those of its runs.

    ``said``: its file; ``overrides`` and ``seeds``: what the command said besides; ``versions``: what ran it;
    ``measures``: a row a run, with arm, guard, seed, key, the level of each factor and the measures; ``findings``: a
    row for each decisive measure in each world; ``solved``: a row for each arm of each guard that was solved for;
    ``crossings``: a row for each effect whose change of sign was sought; ``attribution``: a row for each mechanism and
    pair of them, and the total, of each measure that is split over them.
    """

    folder: Path
    name: str
    said: dict
    overrides: tuple[str, ...]
    seeds: int
    versions: dict
    measures: pd.DataFrame
    findings: pd.DataFrame
    solved: pd.DataFrame
    crossings: pd.DataFrame
    attribution: pd.DataFrame

    @staticmethod
    def read(folder: Path) -> "Study":
        """The study in ``folder``. Raises ``InputError`` where that is not the folder of a finished study."""
        folder = Path(folder)
        with record(folder / STUDY, "study") as held:
            name, said, overrides = str(held["name"]), held["study"], tuple(held["overrides"])
            seeds, versions = int(held["seeds"]), dict(held["versions"])
            digests = dict(held["tables"])
            said["question"], said["decisive"], versions["turnstile"], versions["simulator"], versions["python"]
            file_name(name)
        needed = {"measures": (*_POINTS, *said.get("factors", ())), "findings": _FINDINGS, "solved": _SOLVED,
                  "crossings": _CROSSINGS, "attribution": _ATTRIBUTION}  # fmt: skip
        tables = (read_table(folder, table, columns, digests) for table, columns in needed.items())
        return Study(folder, name, said, overrides, seeds, versions, *tables)

    @property
    def own(self) -> pd.DataFrame:
        """The rows of ``measures`` of the world as it is."""
        return self.measures[self.measures["guard"] == AS_IT_IS]

    @property
    def done(self) -> pd.DataFrame:
        """Those of which something was measured: a run that failed has nothing."""
        return with_any(self.own, self.own.columns.difference([*_POINTS, *self.factors]))

    @property
    def arms(self) -> list[str]:
        """All arms, in the order of the file."""
        return list(dict.fromkeys(self.own["arm"]))

    @property
    def factors(self) -> list[str]:
        """The factors, none where arms are named one by one."""
        return list(self.said.get("factors", ()))

    @property
    def origin(self) -> str:
        """Version, simulator and seeds, for the metadata of what is made of it."""
        said = f"study {self.name}, {self.seeds} seeds, turnstile-sim {self.versions['turnstile']}"
        return f"{said}, simulator {self.versions['simulator']}"


def with_any(rows: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """Those of ``rows`` that have one of the measures ``names``."""
    return rows[rows[[*names]].notna().any(axis=1)]


def unit(measure: str) -> str:
    """The unit of a measure, or of the difference of two; empty where it is a bare number.

    Raises ``InputError`` on a measure of another version.
    """
    found, _ = _known(measure.partition(" - ")[0])
    return "" if found == "1" else found


def meaning(measure: str) -> str:
    """What a measure says, in a sentence; of a key of the summary its formula. Raises ``InputError`` as ``unit``."""
    return _known(measure)[1]


def _known(name: str) -> tuple[str, str]:
    """Unit and meaning of a measure or a key of the summary."""
    known, keys = {**TWIN_MEASURES, **MEASURES}, documents()["summary"]["columns"]
    if name in known:
        return known[name].unit, known[name].about
    if name not in keys:
        raise InputError(f"{name}: no such measure in this version")
    return tuple(keys[name])
