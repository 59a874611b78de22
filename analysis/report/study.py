"""The report of a study: what was asked and found, beside placebos and guards, with everything measured by arm."""

from collections.abc import Iterator, Sequence

import pandas as pd

from analysis import study_told as told
from analysis.page.blocks import Block, Bullets, Card, Code, Column, Download, Page, Section, Table, Text
from analysis.page.chart import Chart, Panel, Series
from analysis.report.parts import csv, made_by, texts, yaml_of
from analysis.report.study_charts import Figures, charts
from analysis.store import configs
from analysis.study import Study, unit
from analysis.study_pages.changing import changing
from analysis.study_words import EFFECT, PLACEBO
from analysis.style import BLUE, VERMILION

_COLOURS = {"supported": BLUE, "reversed": VERMILION, "no effect": "ink", "undecided": "muted"}

_MOST_BYTES = 3_000_000
"""Of the measures of all runs, within the page; where they would take more, those that decide alone are there."""


def report(study: Study, figures: Figures) -> Page:
    """The page of ``study``, with what was gathered for its ``figures``."""
    return Page(
        study.name,
        told.title(study.name),
        study.said["question"],
        [
            Section("Finding", [*_findings(study), texts("What is measured", told.meanings(study))]),
            Section("Design", [*_design(study)]),
            Section("Figures", [*charts(figures)]),
            Section("Tables", [*_tables(study)]),
            Section("Configuration", [*_configuration(study)]),
            Section("How to reproduce it", [*_reproduce(study)]),
        ],
    )


def _findings(study: Study) -> Iterator[Card]:
    for own, rows in told.judged(study):
        note = f" Mind: {own.note}." if own.note else ""
        why = [*told.reasons(own), *changing(rows, study.seeds)]
        yield Card(told.subject(own), own.verdict, [Text(told.found(own) + note), _effects(rows), Bullets(why)])


def _effects(rows: pd.DataFrame) -> Chart:
    """The effect, its placebos and its guards, one below the other."""
    series = []
    for role, held in rows.groupby("role", sort=False):
        own = role == EFFECT
        names = ["effect" if own else f"{role}: {world}" for world in held["world"]]
        colour = _COLOURS[held["verdict"].iloc[0]] if own else "muted" if role == PLACEBO else "ink"
        notes = [row.standing for row in held.itertuples()]
        values = held["estimate"], held["low"], held["high"]
        series.append(Series(role, names, *values, notes=notes, colour=colour, hollow=not own))
    first = rows.iloc[0]
    smallest = float(first["smallest"])
    compared = f"{first['measure']}, {first['contrast']}"
    panel = Panel(compared, series, unit(first["measure"]), within=(-smallest, smallest))
    about = "95 % intervals; shaded: smaller than the smallest effect of interest."
    return Chart(f"Effect on {first['measure']}", "intervals", [panel], about)


def _design(study: Study) -> Iterator[Block]:
    said, rows = told.arms(study)
    yield Text(said)
    yield texts("Arms", rows)
    lines = [*told.setting(study)]
    if worlds := told.worlds(study):
        lines.append(f"Run again in {worlds}; docs/studies.md says what each switches off.")
    yield Bullets(lines)
    if len(study.solved):
        yield texts("Solved for", told.solved(study.solved))


def _tables(study: Study) -> Iterator[Block]:
    head = [Column("measure", "code"), Column("unit"), Column("contrast"), Column("role"), Column("world"),
            *(Column(name, "number") for name in _NUMBERS), Column("expected"), Column("finding")]  # fmt: skip
    yield Table("Effects", head, [
        (row.measure, unit(row.measure), row.contrast, row.role, row.world,
         *(float(getattr(row, name)) for name in _NUMBERS), row.expected, row.standing)
        for row in study.findings.itertuples()
    ])  # fmt: skip
    more = (("Where effects change their sign", told.CROSSINGS, told.crossings(study)),
            ("Also measured, by arm", told.ALSO, told.also(study)),
            ("What each mechanism does", told.ATTRIBUTION, told.attribution(study)))  # fmt: skip
    for title, said, rows in more:
        if rows is not None:
            yield Text(said)
            yield texts(title, rows)
    yield _runs(study)


_NUMBERS = ("estimate", "low", "high", "smallest", "seeds", "p", "p_holm")


def _runs(study: Study) -> Download:
    """The measures of every run, or those that decide where all would be too much."""
    held, what = study.measures, "every measure"
    said = csv(held)
    if len(said) > _MOST_BYTES:
        decisive = [name for names in study.findings["measure"].unique() for name in names.split(" - ")]
        held, what = held[["arm", "guard", "seed", *dict.fromkeys(decisive)]], "the measures that decide"
        said = csv(held)
    return Download(f"CSV of {len(held):,} runs: {what}", "runs.csv", said)


def _configuration(study: Study) -> Iterator[Block]:
    for row in study.done.head(1).itertuples():
        yield Text(f"The whole configuration of a run of the arm {told.code(row.arm)}; the others differ by what "
                   "stands beside them under Design.")  # fmt: skip
        yield from map(yaml_of, configs(study.folder, [row.key]).values())
    yield Text("The study file:")
    yield yaml_of(study.said)


def _reproduce(study: Study) -> Sequence[Block]:
    again = Text("This page again, from its tables: `turnstile report DIR`.")
    return Code(told.command(study)), made_by(study.versions), again
