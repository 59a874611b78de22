"""What a sensitivity is of: a study's findings, or what a file of ``scenarios/sensitivities`` says; and its check."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

import analysis.measures  # noqa: F401  fills the registry
from analysis.columns import columns
from analysis.measure import MEASURES
from analysis.run import TABLES
from analysis.sensitivity.analysing import MORRIS, SIGNS, SOBOL
from scenarios.sensitivity.design import METHODS
from scenarios.sensitivity.parameter import Parameter, check_named, parameter
from scenarios.sensitivity.swept import plausible_ones, refuse_levers
from scenarios.study import definition as studies
from scenarios.study.contrast import Contrast
from scenarios.study.decisive import Decisive
from scenarios.study.definition import Study
from scenarios.study.plan import arms_of, blamed
from scenarios.study.saying import Said
from sim.config import Config
from sim.errors import InputError, nearest

FOLDER = Path(__file__).parents[1] / "sensitivities"
"""Where the files lie: a new file is a new sensitivity."""

RUN = "run"
"""The one arm where there is no study."""

_SEEDS = 2


@dataclass(frozen=True)
class Output:
    """What is looked at: the ``contrast`` over arms of a ``measure``, less another where there is a ``minus``.

    ``expected``, ``smallest``: as the study has them; "" and 0 where there is none.
    """

    measure: str
    minus: str
    contrast: Contrast
    expected: str = ""
    smallest: float = 0.0

    @property
    def label(self) -> str:
        """The measure, and what of it."""
        measure = f"{self.measure} - {self.minus}" if self.minus else self.measure
        return f"{measure}, {self.contrast.words}" if self.contrast.words else measure

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that it needs."""
        return (self.measure, self.minus) if self.minus else (self.measure,)


@dataclass(frozen=True)
class Sensitivity:
    """``said``: the file as it was read; ``arms``: those that the outputs need, with the constants as they are;
    ``parameters``: what is drawn, ``only`` those that were chosen, if any were; ``worlds``: at most, null for the
    method's own; ``tables``: kept of each run."""

    name: str
    said: dict
    question: str
    overrides: tuple[str, ...]
    only: tuple[str, ...]
    study: Study | None
    outputs: tuple[Output, ...]
    arms: dict[str, Config]
    parameters: tuple[Parameter, ...]
    method: str
    worlds: int | None
    seeds: int
    tables: tuple[str, ...]

    def baseline(self, arm: str) -> str:
        """The arm that ``arm`` is a twin of."""
        return self.study.arms.baseline(arm) if self.study else arm

    @property
    def measures(self) -> list[str]:
        """Every measure that it asks for, each once."""
        return list(dict.fromkeys(name for output in self.outputs for name in output.measures))


def names() -> list[str]:
    """All files of sensitivities."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def question(name: str) -> str:
    """What the file ``name`` asks: what its study asks, unless it says so itself."""
    found = _load(name).keys(_KNOWN)
    return found["question"].text() if "question" in found else studies.read(found["study"].text()).question


def read(
    name: str, overrides: Sequence[str] = (), method: str | None = None, only: Sequence[str] | None = None
) -> Sensitivity:
    """The sensitivity ``name``: a file of the list or of one's own (.yaml), or a study of the list.

    ``overrides`` come behind all others, and what they or the file's base set is not drawn; ``only``: parameters to
    draw in place of all. Raises ``InputError``.
    """
    said = _load(name)
    found = said.keys(_KNOWN, () if "study" in said.mapping("a group of keys") else ("question", "outputs"))
    base = found["base"].overrides() if "base" in found else ()
    method = method or (found["method"].one(METHODS) if "method" in found else SIGNS if "study" in found else MORRIS)
    if method not in METHODS:
        raise InputError(f"--method: found {method}; {nearest(method, METHODS)}")
    if "study" in found:
        study = studies.read(found["study"].text())
        outputs, arms = _of_study(said, found, study, base, overrides)
    elif "findings" in found:
        raise said.fault("findings are those of a study; allowed are outputs, measures of a run")
    else:
        study, outputs = None, tuple(_measured(one) for one in found["outputs"].items(least=1))
        if len({one.measure for one in outputs}) < len(outputs):
            raise found["outputs"].wrong("allowed are different ones")
        arms = {RUN: blamed(str(said.path), base, overrides)}
    if method == SIGNS and study is None:
        allowed = f"without a study nothing has a sign: allowed are {MORRIS} and {SOBOL}"
        raise InputError(f"{said.path}: method: found {SIGNS}; {allowed}")
    parameters = _parameters(found, arms, {line.partition("=")[0].lstrip("+~") for line in (*base, *overrides)})
    for key in only or ():
        check_named(key, [each.key for each in parameters])
    needed = {table for each in outputs if each.measure in MEASURES for table in MEASURES[each.measure].tables}
    kept = study.tables if study else tuple(table for table in TABLES if table in needed)
    return Sensitivity(
        said.path.stem,
        said.value,
        found["question"].text() if "question" in found else study.question,
        tuple(overrides),
        tuple(only or ()),
        study,
        outputs,
        arms,
        tuple(each for each in parameters if only is None or each.key in only),
        method,
        found["worlds"].count(1, 1_000_000) if "worlds" in found else None,
        found["seeds"].count(2, 1000) if "seeds" in found else _SEEDS,
        kept,
    )


_KNOWN = ("question", "base", "study", "findings", "outputs", "parameters", "method", "worlds", "seeds")


def _load(name: str) -> Said:
    """What the file says; of a study that it is of that study."""
    path = Path(name) if name.endswith((".yaml", ".yml")) else FOLDER / f"{name}.yaml"
    if not path.is_file():
        if name in studies.names():
            return Said(path, "", {"study": name})
        raise InputError(f"{name}: no such sensitivity or study; {nearest(name, [*names(), *studies.names()])}")
    try:
        return Said(path, "", yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error


def _of_study(
    said: Said, found: dict[str, Said], study: Study, base: Sequence[str], words: Sequence[str]
) -> tuple[tuple[Output, ...], dict[str, Config]]:
    """Outputs and arms of the findings that are asked for, counted from 1; of all unless told otherwise."""
    if "outputs" in found:
        raise said.fault("outputs do not go with a study; allowed is findings, numbers of its decisive measures")
    every = range(1, len(study.decisive) + 1)
    numbers = [one.count(1, len(every)) for one in found["findings"].items(least=1)] if "findings" in found else every
    chosen: list[Decisive] = [study.decisive[number - 1] for number in dict.fromkeys(numbers)]
    needed = {arm for each in chosen for arm in arms_of(study, each, each.contrast)}
    arms = {
        arm: blamed(f"{study.name}: arm {arm}", (*study.base, *own, *base), words)
        for arm, own in study.arms.overrides.items()
        if arm in needed
    }
    outputs = tuple(Output(one.measure, one.minus, one.contrast, one.expected, one.smallest) for one in chosen)
    return outputs, arms


def _measured(said: Said) -> Output:
    return Output(said.one([*MEASURES, *columns("summary")]), "", Contrast("", {RUN: 1.0}))


def _parameters(found: dict[str, Said], arms: dict[str, Config], set_: set[str]) -> list[Parameter]:
    """Those that the file names, or all that have a plausible range; without those that its base or a line sets."""
    if "parameters" not in found:
        return [each for each in plausible_ones(arms) if each.key not in set_]
    said = found["parameters"].mapping("keys, each with [LOW, HIGH] or nothing for its plausible range")
    chosen = [(one, parameter(key, one)) for key, one in said.items() if key not in set_]
    if not chosen:
        raise found["parameters"].fault("base or the command line sets them all; allowed is one that they leave")
    for one, each in chosen:
        refuse_levers(one, each, arms)
    return [each for _, each in chosen]
