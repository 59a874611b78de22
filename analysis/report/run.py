"""The report of one run: its summary, its days, its figures, its developers and models."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from analysis.columns import documents
from analysis.comparison import SHOWN
from analysis.measure import in_summary
from analysis.own_tables import check_own
from analysis.page.blocks import Block, Code, Column, Page, Pairs, Picture, Section, Table, Text
from analysis.report.parts import flat, frame, over_time, yaml_of
from analysis.run import Run
from analysis.run_figures import draw_run
from analysis.style import few_colours

_ROWS = 200
"""So many of the models and of the developers, those with most turns."""

_SHOWN = {
    "developers": ["developer", "domain", "tier", "wealth_start", "wealth_end", "arrived_day", "left_day",
                   "left_reason", "submissions", "admissions", "turns", "turns_ok", "revenue", "slashed"],
    "models": ["model", "developer", "lineage", "domain", "kind", "status", "born_day", "potential", "ability",
               "spread", "turns", "turns_ok", "confidence", "stake", "revenue"],
}  # fmt: skip


def report(folder: Path, figures: bool) -> Page:
    """The page of the run in ``folder``; its ``figures`` are drawn there too, or into the page alone.

    Raises ``InputError``.
    """
    run = Run.read(folder)
    title = f"A run of {run.config.number('horizon_days'):g} days"
    summary = [*_summary(run)]
    check_own(run)
    days, tables = over_time([("run", run)]), [*_tables(run)]
    with TemporaryDirectory() as aside:
        drawn = draw_run(folder, target=None if figures else Path(aside))
        pictures = [_picture(path) for path in drawn if path.suffix == ".png"]
    whence = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    again = Code("turnstile run DIR/config.yaml"), Text("DIR is its folder, from which `turnstile report DIR` is made.")
    return Page(
        "run",
        title,
        f"What came of one configuration, in one world: {run.origin}.",
        [
            Section("Summary", summary),
            Section("Over time", [days]),
            Section("Figures", pictures),
            Section("Tables", tables),
            Section("Configuration", [yaml_of(run.config)]),
            Section("Provenance", [Pairs(flat(whence))]),
            Section("How to reproduce it", again),
        ],
    )


def _summary(run: Run) -> Iterator[Block]:
    rows = {
        name: (name, in_summary(run, name), "" if unit == "1" else unit, meaning)
        for name, (unit, meaning) in documents()["summary"]["columns"].items()
    }
    head = [Column("measure", "code"), Column("value", "number"), Column("unit"), Column("meaning")]
    yield Table("At a glance", head[:3], [rows[name][:3] for name in SHOWN if name in rows])
    yield Table("All of it", head, [*rows.values()])


def _tables(run: Run) -> Iterator[Table]:
    for name, shown in _SHOWN.items():
        rows = run.table(name, shown).nlargest(_ROWS, "turns")
        if len(rows):
            yield frame(f"{name.capitalize()} with most turns", rows)


def _picture(path: Path) -> Picture:
    with Image.open(path) as drawn:
        about = drawn.info["Title"]
    return Picture(few_colours(path), f"{about}.")
