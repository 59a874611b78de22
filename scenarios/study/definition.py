"""What a study file may say, and its check."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

import yaml

from analysis.run import TABLES
from scenarios.study.guards import GUARDS
from sim.errors import InputError, nearest, shown

FOLDER = Path(__file__).parents[1] / "studies"
"""Where the studies lie: a new file is a new study."""

SIGNS = {"up": 1, "down": -1}


@dataclass(frozen=True)
class Dose:
    """One key at several values: each is an arm, named by its value."""

    key: str
    values: tuple

    def arms(self) -> dict[str, tuple[str, ...]]:
        """Name → overrides."""
        return {f"{value}": (f"{self.key}={value}",) for value in self.values}


@dataclass(frozen=True)
class Decisive:
    """A measure that decides: its difference between two arms of one seed, or its slope over the dose.

    ``expected`` sign and the mechanism that would produce it (``because``), and the smallest effect of interest are
    written before the runs. ``placebo`` names the guard in which the mechanism is off.
    """

    measure: str
    expected: str
    because: str
    smallest: float
    placebo: str
    of: str = ""
    against: str = ""


@dataclass(frozen=True)
class Study:
    """A study. ``arms``: name → Hydra overrides, the first is what the others are compared with."""

    name: str
    question: str
    arms: dict[str, tuple[str, ...]]
    decisive: tuple[Decisive, ...]
    base: tuple[str, ...] = ()
    seeds: int = 40
    dose: Dose | None = None
    guards: tuple[str, ...] = ()
    tables: tuple[str, ...] = field(default=("timeline", "models", "developers", "ideas", "submissions", "flows"))


def names() -> list[str]:
    """All studies."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def read(name: str) -> Study:
    """The study ``name``, or that in the file ``name`` (.yaml). Raises ``InputError`` where something is wrong."""
    path = Path(name) if name.endswith((".yaml", ".yml")) else FOLDER / f"{name}.yaml"
    if not path.is_file():
        raise InputError(f"{name}: no such study; {nearest(name, names())}")
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error
    return _study(path, said)


def _study(path: Path, said: object) -> Study:
    known = {f.name for f in fields(Study)} - {"name"}
    found = _keys(path, "", said, known, {"question", "decisive"})
    dose = None
    if "dose" in found:
        inner = _keys(path, "dose", found["dose"], {"key", "values"}, {"key", "values"})
        if not isinstance(inner["values"], list) or len(inner["values"]) < 2:
            raise InputError(f"{path}: dose.values: found {shown(inner['values'])}; allowed is a list of two or more")
        dose = Dose(_text(path, "dose.key", inner["key"]), tuple(inner["values"]))
    arms = {name: _overrides(path, f"arms.{name}", words) for name, words in _mapping(path, "arms", found).items()}
    if dose:
        arms |= dose.arms()
    if len(arms) < 2:
        raise InputError(f"{path}: arms: found {len(arms)}; allowed are two or more, or a dose")
    guards = tuple(_each(path, "guards", found.get("guards", []), GUARDS))
    claims = enumerate(_list(path, "decisive", found))
    decisive = tuple(_decisive(path, i, each, arms, guards, dose) for i, each in claims)
    seeds = found.get("seeds", 40)
    if not isinstance(seeds, int) or isinstance(seeds, bool) or seeds < 2:
        raise InputError(f"{path}: seeds: found {shown(seeds)}; allowed is a whole number from 2")
    rest = {}
    if "tables" in found:
        rest["tables"] = tuple(_each(path, "tables", found["tables"], TABLES))
    return Study(
        path.stem, _text(path, "question", found["question"]), arms, decisive,
        _overrides(path, "base", found.get("base", [])), seeds, dose, guards, **rest,
    )  # fmt: skip


def _decisive(path: Path, i: int, said: object, arms: Mapping, guards: tuple, dose: Dose | None) -> Decisive:
    at = f"decisive[{i}]"
    given = {f.name for f in fields(Decisive)}
    found = _keys(path, at, said, given, given - {"of", "against"})
    for name in ("measure", "because"):
        _text(path, f"{at}.{name}", found[name])
    _one(path, f"{at}.expected", found["expected"], SIGNS)
    _one(path, f"{at}.placebo", found["placebo"], guards)
    smallest = found["smallest"]
    if isinstance(smallest, bool) or not isinstance(smallest, int | float) or not 0 < smallest < math.inf:
        raise InputError(f"{path}: {at}.smallest: found {shown(smallest)}; allowed is a number greater than 0")
    if not {"of", "against"} & found.keys():
        if dose is None:
            raise InputError(f"{path}: {at}: of and against are missing; they name two arms, unless there is a dose")
    else:
        for name in ("of", "against"):
            _one(path, f"{at}.{name}", found.get(name), arms)
    return Decisive(**found)


def _keys(path: Path, at: str, said: object, known: set[str], needed: set[str]) -> dict:
    """A group of keys, all of them known and none that is needed missing."""
    where = f"{path}: {at}" if at else f"{path}"
    if not isinstance(said, dict):
        raise InputError(f"{where}: found {shown(said)}; allowed is a group of keys")
    for key in said:
        if key not in known:
            raise InputError(f"{where}: {key}: no such key; {nearest(str(key), known)}")
    for key in sorted(needed - said.keys()):
        raise InputError(f"{where}: {key}: missing")
    return said


def _mapping(path: Path, at: str, found: dict) -> dict:
    said = found.get(at, {})
    if not isinstance(said, dict):
        raise InputError(f"{path}: {at}: found {shown(said)}; allowed is a group: a name, and a list of overrides")
    return {str(name): words for name, words in said.items()}


def _list(path: Path, at: str, found: dict) -> list:
    said = found[at]
    if not isinstance(said, list) or not said:
        raise InputError(f"{path}: {at}: found {shown(said)}; allowed is a list of at least one")
    return said


def _overrides(path: Path, at: str, said: object) -> tuple[str, ...]:
    if not isinstance(said, list) or not all(isinstance(word, str) and "=" in word for word in said):
        raise InputError(f"{path}: {at}: found {shown(said)}; allowed is a list such as [stake=none, seed=2]")
    return tuple(said)


def _each(path: Path, at: str, said: object, known) -> list[str]:
    if not isinstance(said, list):
        raise InputError(f"{path}: {at}: found {shown(said)}; allowed is a list")
    for i, word in enumerate(said):
        _one(path, f"{at}[{i}]", word, known)
    return said


def _one(path: Path, at: str, said: object, known) -> str:
    if said not in list(known):
        raise InputError(f"{path}: {at}: found {shown(said)}; {nearest(str(said), known)}")
    return said


def _text(path: Path, at: str, said: object) -> str:
    if not isinstance(said, str) or not said.strip():
        raise InputError(f"{path}: {at}: found {shown(said)}; allowed is text")
    return said
