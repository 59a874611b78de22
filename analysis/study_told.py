"""What is told of a study, on a page of Markdown and on one of HTML: texts in which `code` stands between backticks."""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from analysis.errors import InputError
from analysis.inference.paired import Interval, t_interval
from analysis.store import configs
from analysis.study import Study, meaning, unit
from analysis.study_words import EFFECT, crossed, effect, spell
from analysis.table_text import number

CROSSINGS = "The dose at which the mean effect over seeds is 0 [95 %]; <= and >=: there, or beyond all doses."
ATTRIBUTION = (
    "The Shapley value of each factor, from its first level to its second: what it adds, on average over all orders of "
    "switching them; a × b is what two do together beyond that. Factors add up to the total. Intervals are the "
    "bootstrap's over seeds."
)
P_VALUES = "p is of the hypothesis that there is no effect; where none is expected, that there is one of interest."
ALSO = "Mean over seeds [95 %]. Arms share their seeds, so differences are surer than these intervals suggest."


class Rows(NamedTuple):
    """A table of texts."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def title(name: str) -> str:
    """``tightening_standards`` as a heading."""
    return name.replace("_", " ").capitalize()


def code(text: object) -> str:
    """Text of one line as code."""
    return f"`{' '.join(str(text).split())}`"


def measure(name: str) -> str:
    """A measure with its unit, where it has one."""
    return code(name) + (f" ({unit(name)})" if unit(name) else "")


def judged(study: Study) -> Iterator[tuple[object, pd.DataFrame]]:
    """Each decisive measure: its own row of the findings, and all its rows, its placebos and guards among them."""
    for _, rows in study.findings.groupby("number", sort=True):
        yield next(row for row in rows.itertuples() if row.role == EFFECT), rows


def subject(row) -> str:
    """What is compared in one decisive measure."""
    return f"{code(row.measure)}, {row.contrast}"


def found(row) -> str:
    """What was found of it."""
    said = unit(row.measure)
    shown = f"{effect(row)} {said}" if said else effect(row)
    return f"{shown}, {row.seeds} seeds; expected {row.expected}."


def meanings(study: Study) -> Rows:
    """What each measure says of which something was found."""
    names = dict.fromkeys(name for measures in study.findings["measure"] for name in measures.split(" - "))
    return Rows(("measure", "what it says"), [(measure(name), meaning(name)) for name in names])


def reasons(row) -> Iterator[str]:
    """What was expected of one decisive measure and why, and why its verdict is what it is."""
    yield f"Expected {row.expected}, because {row.because.rstrip('.')}."
    yield f"Found {row.verdict}: {row.why}."


def arms(study: Study) -> tuple[str, Rows]:
    """How the arms are made, and of what."""
    if study.factors:
        levels = Rows(("factor", "level", "overrides"), list(_levels(study.said["factors"])))
        return "Every combination of these factors is an arm.", levels
    rows = [(code(arm), _lines(lines)) for arm, lines in study.said["arms"].items()]
    return "The first arm is the baseline.", Rows(("arm", "overrides"), rows)


def setting(study: Study) -> Iterator[str]:
    """Horizon, what holds in every arm, seeds."""
    first = configs(study.folder, study.done.drop_duplicates("arm")["key"])
    days = sorted({(config["horizon_days"], config["warmup_days"]) for config in first.values()})
    said = " or ".join(f"{horizon:g} days, of which {warmup:g} are warm-up" for horizon, warmup in days)
    if said:
        yield f"Horizon: {said}."
    if study.said.get("base"):
        yield f"Every arm also has {_lines(study.said['base'])}."
    if study.overrides:
        yield f"The command line had {_lines(study.overrides)}."
    yield f"Seeds: {study.seeds}, the same in every arm; {study.measures['key'].nunique():,} runs."


def worlds(study: Study) -> str:
    """The placebos and guards in which arms were run again; empty where there is none."""
    return ", ".join(code(world) for world in dict.fromkeys(study.measures["guard"]) if world)


def solved(rows: pd.DataFrame) -> Rows:
    """What was solved for, in guards in which something is to be alike."""
    head = ("guard", "arm", "solved", "should lead to", "leads to", "near enough")
    cells = []
    for row in rows.itertuples():
        values = map(number, (row.value, row.target, row.found))
        cells.append((code(row.guard), code(row.arm), *values, "yes" if row.reached else "no"))
    return Rows(head, cells)


def crossings(study: Study) -> Rows | None:
    """Where effects change their sign; None where that was not sought."""
    if study.crossings.empty:
        return None
    rows = [(code(r.measure), r.over, crossed(r), f"{r.seeds}") for r in study.crossings.itertuples()]
    return Rows(("measure", "over", "no effect at", "seeds"), rows)


def attribution(study: Study) -> Rows | None:
    """What each mechanism does; None where nothing was split over them."""
    if study.attribution.empty:
        return None
    rows = []
    for row in study.attribution.itertuples():
        value = spell(Interval(row.value, row.low, row.high, 0.95, row.seeds, "bootstrap"), "+")
        rows.append((code(row.measure), row.mechanism, f"{value} {unit(row.measure)}".rstrip(), f"{row.seeds}"))
    return Rows(("measure", "mechanism", "contribution [95 %]", "seeds"), rows)


def also(study: Study) -> Rows | None:
    """Mean and interval of the measures that are only reported, by arm; None where there are none."""
    names = study.said.get("also", [])
    if not names:
        return None
    own = study.own.groupby("arm", sort=False)
    rows = [(code(arm), *(_mean(held[name]) for name in names)) for arm, held in own]
    return Rows(("arm", *map(measure, names)), rows)


def command(study: Study) -> str:
    """The command that runs it again."""
    return shlex.join(["turnstile", "study", study.name, "--seeds", f"{study.seeds}", *study.overrides])


def libraries(versions: Mapping) -> str:
    """The libraries that ran it, with their versions."""
    return ", ".join(f"{name} {version}" for name, version in versions["libraries"].items())


def _levels(factors: Mapping) -> Iterator[tuple[str, ...]]:
    for name, said in factors.items():
        if "values" in said:
            for value in said["values"]:
                word = value if isinstance(value, str) else json.dumps(value)
                yield code(name), code(word), code(f"{said['key']}={word}")
        else:
            for level, lines in said.items():
                yield code(name), code(level), _lines(lines)


def _lines(overrides) -> str:
    return ", ".join(map(code, overrides)) or "none"


def _mean(values: pd.Series) -> str:
    try:
        return spell(t_interval(values))
    except InputError:
        return "not defined"
