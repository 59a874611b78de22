"""The page of a study: its question, design, findings and figures, all of it from its tables."""

import json
import shlex
from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.errors import InputError
from analysis.inference.paired import Interval, t_interval
from analysis.store import configs
from analysis.study import Study, unit
from analysis.study_pages.changing import changing
from analysis.study_pages.text import code, plain, table
from analysis.study_words import EFFECT, crossed, effect, number, spell, standing

FINDING = "## Finding"
"""The heading under which the findings stand, a line each."""


def page(study: Study, figures: Mapping[str, str]) -> str:
    """The page; ``figures``: what each shows → where it lies, from the page."""
    sections = (
        [f"# {title(study.name)}", "", plain(study.said["question"]), "", FINDING, ""],
        finding(study),
        ["", "## Design", ""],
        _design(study),
        ["", "## Effects", ""],
        _effects(study),
        ["", "## Why, and what would change it", ""],
        _reasons(study),
        _crossings(study),
        _also(study),
        _attribution(study),
        ["## Figures", ""],
        _figures(figures),
        ["## How to reproduce it", ""],
        _reproduce(study),
    )
    return "\n".join(line for section in sections for line in section) + "\n"


def title(name: str) -> str:
    """``tightening_standards`` as a heading."""
    return name.replace("_", " ").capitalize()


def finding(study: Study) -> Iterator[str]:
    """A line for each decisive measure."""
    for row in study.findings[study.findings["role"] == EFFECT].itertuples():
        yield (
            f"- {_verdict(row)}: {code(row.measure)}, {plain(row.contrast)}: {effect(row)}{_unit(row.measure)}, "
            f"{row.seeds} seeds; expected {row.expected}."
        )


def _verdict(row) -> str:
    """The verdict, and what has to be said beside it."""
    return f"**{row.verdict}**" + (f" ({plain(row.note)})" if row.note else "")


def _unit(measure: str) -> str:
    said = unit(measure)
    return f" {plain(said)}" if said else ""


def _design(study: Study) -> Iterator[str]:
    if study.factors:
        yield "Every combination of these factors is an arm."
        yield ""
        yield from table(("factor", "level", "overrides"), _levels(study.said["factors"]))
    else:
        yield "The first arm is the baseline."
        yield ""
        arms = study.said["arms"].items()
        yield from table(("arm", "overrides"), ((code(arm), _lines(lines)) for arm, lines in arms))
    yield ""
    own = study.own
    first = configs(study.folder, own.loc[own["seed"] == own["seed"].min(), "key"])
    days = sorted({(config["horizon_days"], config["warmup_days"]) for config in first.values()})
    said = " or ".join(f"{horizon:g} days, of which {warmup:g} are warm-up" for horizon, warmup in days)
    yield f"- Horizon: {said}."
    if study.said.get("base"):
        yield f"- Every arm also has {_lines(study.said['base'])}."
    if study.overrides:
        yield f"- The command line had {_lines(study.overrides)}."
    worlds = [world for world in dict.fromkeys(study.measures["guard"]) if world]
    yield f"- Seeds: {study.seeds}, the same in every arm; {study.measures['key'].nunique():,} runs."
    if worlds:
        guards = ", ".join(map(code, worlds))
        yield f"- Run again in {guards}: [what each switches off](../studies.md)."
    if study.solved is not None:
        yield ""
        yield from _solved(study.solved)


def _solved(rows: pd.DataFrame) -> Iterator[str]:
    """What was solved for, in guards in which something is to be alike."""
    cells = []
    for row in rows.itertuples():
        found = map(number, (row.value, row.target, row.found))
        cells.append((code(row.guard), code(row.arm), *found, "yes" if row.reached else "no"))
    yield from table(("guard", "arm", "solved", "should lead to", "leads to", "near enough"), cells)


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


def _effects(study: Study) -> Iterator[str]:
    head = ("measure", "of", "in", "effect [95 %]", "smallest of interest", "seeds", "p (Holm)", "finding")
    rows = []
    for row in study.findings.itertuples():
        own = row.role == EFFECT
        measure = code(row.measure) + (f" ({plain(unit(row.measure))})" if unit(row.measure) else "")
        rows.append((
            measure if own else "", plain(row.contrast) if own else "", "" if own else f"{row.role} {code(row.world)}",
            effect(row), number(row.smallest) if own else "", f"{row.seeds}",
            number(row.p_holm) if row.p_holm == row.p_holm else "",
            _verdict(row) if own else standing(row),
        ))  # fmt: skip
    yield from table(head, rows)


def _reasons(study: Study) -> Iterator[str]:
    for _, rows in study.findings.groupby("number", sort=True):
        own = rows[rows["role"] == EFFECT].iloc[0]
        yield f"### {code(own['measure'])}, {plain(own['contrast'])}"
        yield ""
        yield f"Expected {own['expected']}, because {plain(own['because']).rstrip('.')}."
        yield f"Found {own['verdict']}: {plain(own['why'])}."
        yield ""
        yield from (f"- {line}" for line in changing(rows))
        yield ""


def _crossings(study: Study) -> Iterator[str]:
    if study.crossings is None:
        return
    yield "## Where effects change their sign"
    yield ""
    yield "The dose at which the mean effect over seeds is 0 [95 %]; <= and >=: there, or beyond all doses."
    yield ""
    head = ("measure", "over", "no effect at", "seeds")
    rows = study.crossings.itertuples()
    yield from table(head, ((code(r.measure), plain(r.over), crossed(r), f"{r.seeds}") for r in rows))
    yield ""


def _also(study: Study) -> Iterator[str]:
    names = study.said.get("also", [])
    if not names:
        return
    yield "## Also measured"
    yield ""
    yield "Mean over seeds [95 %]. Arms share their seeds, so differences are surer than these intervals suggest."
    yield ""
    head = ("arm", *(code(name) + (f" ({plain(unit(name))})" if unit(name) else "") for name in names))
    own = study.own.groupby("arm", sort=False)
    yield from table(head, ((code(arm), *(_mean(held[name]) for name in names)) for arm, held in own))
    yield ""


def _attribution(study: Study) -> Iterator[str]:
    if study.attribution is None:
        return
    yield "## What each mechanism does"
    yield ""
    yield "The Shapley value of each factor, from its first level to its second: what it adds, on average over all"
    yield "orders of switching them; a × b is what two do together beyond that. Factors add up to the total. Intervals"
    yield "are the bootstrap's over seeds."
    yield ""
    rows = []
    for row in study.attribution.itertuples():
        found = spell(Interval(row.value, row.low, row.high, 0.95, row.seeds, "bootstrap"), "+")
        rows.append((code(row.measure), plain(row.mechanism), found + _unit(row.measure), f"{row.seeds}"))
    yield from table(("measure", "mechanism", "contribution [95 %]", "seeds"), rows)
    yield ""


def _mean(values: pd.Series) -> str:
    try:
        return spell(t_interval(values))
    except InputError:
        return "not defined"


def _figures(figures: Mapping[str, str]) -> Iterator[str]:
    for said, where in figures.items():
        yield f"![{plain(where.rpartition('/')[2])}]({where})"
        yield ""
        yield f"*{plain(said)}.*"
        yield ""


def _reproduce(study: Study) -> Iterator[str]:
    versions = study.versions
    command = ["turnstile", "study", study.name, "--seeds", f"{study.seeds}", *study.overrides]
    yield "```sh"
    yield shlex.join(command)
    yield "```"
    yield ""
    libraries = ", ".join(f"{name} {version}" for name, version in versions["libraries"].items())
    yield f"By turnstile {versions['turnstile']}, simulator {code(versions['simulator'])}, Python {versions['python']}"
    yield f"with {libraries}."
    yield ""
    yield "Rendered from the tables of the study by `python -m analysis.study_pages OUT`, OUT being its folder."
