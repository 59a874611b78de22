"""The page of a study: its question, design, findings and figures, all of it from its tables."""

from collections.abc import Iterator, Mapping
from textwrap import wrap

from analysis import study_told as told
from analysis.study import Study
from analysis.study_pages.changing import changing
from analysis.study_pages.text import figures, made_by, marked, table, told_table
from analysis.study_words import EFFECT, effect
from analysis.table_text import number

FINDING = "## Finding"
"""The heading under which the findings stand, a line each."""

_READING = (
    "Effects stand with their 95 % intervals; [how a verdict is reached](../inference.md). What is measured",
    "([formulas, and the symbols in them](../tables.md)):",
)


def page(study: Study, drawn: Mapping[str, str]) -> str:
    """The page; ``drawn``: what each shows → where it lies, from the page."""
    sections = (
        [f"# {told.title(study.name)}", "", marked(study.said["question"]), "", FINDING, ""],
        _findings(study),
        ["", *_READING, ""],
        told_table(told.meanings(study)),
        ["", "## Design", ""],
        _design(study),
        ["", "## Effects", ""],
        _effects(study),
        ["", "## Why, and what would change it", ""],
        _reasons(study),
        _more("Where effects change their sign", told.CROSSINGS, told.crossings(study)),
        _more("Also measured", told.ALSO, told.also(study)),
        _more("What each mechanism does", told.ATTRIBUTION, told.attribution(study)),
        ["## Figures", ""],
        figures(drawn),
        ["## How to reproduce it", ""],
        _reproduce(study),
    )
    return "\n".join(line for section in sections for line in section) + "\n"


def _findings(study: Study) -> Iterator[str]:
    for own, _ in told.judged(study):
        yield f"- {_verdict(own)}: {marked(f'{told.subject(own)}: {told.found(own)}')}"


def _verdict(row) -> str:
    """The verdict, and what has to be said beside it."""
    return f"**{row.verdict}**" + (f" ({marked(row.note)})" if row.note else "")


def _design(study: Study) -> Iterator[str]:
    said, rows = told.arms(study)
    yield said
    yield ""
    yield from told_table(rows)
    yield ""
    yield from (f"- {marked(line)}" for line in told.setting(study))
    if worlds := told.worlds(study):
        yield f"- Run again in {marked(worlds)}: [what each switches off](../studies.md)."
    if len(study.solved):
        yield ""
        yield from told_table(told.solved(study.solved))


def _effects(study: Study) -> Iterator[str]:
    head = ("measure", "of", "in", "effect [95 %]", "smallest of interest", "seeds", "p (Holm)", "finding")
    rows = []
    for row in study.findings.itertuples():
        own = row.role == EFFECT
        cells = (
            told.measure(row.measure) if own else "", row.contrast if own else "",
            "" if own else f"{row.role} {told.code(row.world)}", effect(row), number(row.smallest) if own else "",
            f"{row.seeds}", number(row.p_holm) if row.p_holm == row.p_holm else "",
        )  # fmt: skip
        rows.append((*map(marked, cells), _verdict(row) if own else row.standing))
    yield from table(head, rows)
    yield ""
    yield marked(told.P_VALUES)


def _reasons(study: Study) -> Iterator[str]:
    for own, rows in told.judged(study):
        yield f"### {marked(told.subject(own))}"
        yield ""
        yield from map(marked, told.reasons(own))
        yield ""
        yield from (f"- {marked(line)}" for line in changing(rows, study.seeds))
        yield ""


def _more(title: str, said: str, rows: told.Rows | None) -> Iterator[str]:
    """A section of its own, where there are ``rows``."""
    if rows is None:
        return
    yield f"## {title}"
    yield ""
    yield from wrap(marked(said), 120)
    yield ""
    yield from told_table(rows)
    yield ""


def _reproduce(study: Study) -> Iterator[str]:
    yield "```sh"
    yield told.command(study)
    yield "```"
    yield ""
    yield from made_by(study.versions)
    yield ""
    yield "Rendered from the tables of the study by `python -m analysis.study_pages OUT`, OUT being its folder."
