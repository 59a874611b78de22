"""The page of a comparison: two runs of one world, measure by measure, day by day, idea by idea."""

import json
import shlex
from collections.abc import Iterator

import pandas as pd

from analysis.comparison import SHOWN
from analysis.measure import TWIN_MEASURES
from analysis.page.blocks import Block, Code, Column, Page, Pairs, Section, Table, Text
from analysis.page.chart import Chart, Panel, Series
from analysis.report.parts import flat, over_time, yaml_of
from analysis.run import Run

A, B = "A, the baseline", "B"


def report(first: Run, second: Run, found: pd.DataFrame, ideas: pd.DataFrame) -> Page:
    """The page of two runs, of what `analysis.comparison.compare_runs` and `suppressed_ideas` ``found`` of them."""
    sections = [
        Section("What differs", [_settings(first, second)]),
        Section("Measures", [*_measures(found)]),
        Section("Over time", [over_time([(A, first), (B, second)])]),
        Section("Suppressed experimentation", [*_ideas(ideas)]),
        Section("Configuration", [Text(f"Of {A}; B differs by what stands above."), yaml_of(first.config)]),
        Section("How to reproduce it", [
            Code(f"turnstile compare {shlex.join(map(str, (first.where, second.where)))} --page FILE.html"),
            Pairs({A: f"{first.where}: {first.origin}", B: f"{second.where}: {second.origin}"}),
        ]),
    ]  # fmt: skip
    lead = f"One world under two settings: A is `{first.where}`, the baseline, and B is `{second.where}`."
    return Page("comparison", "Two runs of one world", lead, sections)


def _settings(first: Run, second: Run) -> Table:
    """Keys of the configurations that are not alike."""
    a, b = flat(first.config), flat(second.config)
    rows = [(key, _said(a, key), _said(b, key)) for key in dict.fromkeys([*a, *b]) if _said(a, key) != _said(b, key)]
    return Table("Keys that differ", [Column("key", "code"), Column(A, "code"), Column(B, "code")], rows)


def _said(config: dict, key: str) -> str:
    return json.dumps(config[key], ensure_ascii=False) if key in config else ""


def _measures(found: pd.DataFrame) -> Iterator[Block]:
    head = [Column("measure", "code"), *(Column(name, "number") for name in ("A", "B", "B - A")), Column("unit")]
    rows = [(row.measure, row.a, row.b, row.difference, "" if row.unit == "1" else row.unit)
            for row in found.itertuples()]  # fmt: skip
    yield Table("What says most", head, [row for row in rows if row[0] in SHOWN])
    twins = [(row[0], *row[3:]) for row in rows if row[0] in TWIN_MEASURES]
    yield Table("Measures of twins", [head[0], *head[3:]], twins)
    yield Table("All measures", head, rows)


def _ideas(ideas: pd.DataFrame) -> Iterator[Block]:
    lost = ideas[ideas["suppressed"]]
    yield Text(f"{len(lost):,} of {len(ideas):,} ideas reached traffic in A and not in B.")
    if not len(ideas):
        return
    fates = list(dict.fromkeys([*ideas["fate"], *ideas["fate_"]]))
    both = [Series(name, fates, [int((ideas[column] == fate).sum()) for fate in fates])
            for name, column in ((A, "fate"), (B, "fate_"))]  # fmt: skip
    yield Chart("What became of the ideas", "bars", [Panel("ideas", both, x="where they stopped")])
    pairs = ideas.groupby(["fate", "fate_"], sort=True)["forgone"].agg(["size", "sum"]).reset_index()
    head = [Column("in A"), Column("in B"), Column("ideas", "number"), Column("value forgone, good turns", "number")]
    yield Table("From fate to fate", head, list(pairs.itertuples(index=False, name=None)))
