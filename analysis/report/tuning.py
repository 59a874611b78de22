"""The report of a tuning: what it recommends, what that gains and gives up, the front, whether searching paid."""

from collections.abc import Iterator

import pandas as pd

from analysis import tuning_told as told
from analysis.page.blocks import Block, Bullets, Code, Download, Page, Section, Text
from analysis.page.chart import Chart, Panel, Series
from analysis.report.parts import csv, frame, made_by, texts, yaml_of
from analysis.study import unit
from analysis.study_told import code, title
from analysis.style import BLUE
from analysis.tuning import Tuning


def report(tuning: Tuning) -> Page:
    """The page of ``tuning``, from its tables."""
    return Page(
        tuning.name,
        title(tuning.name),
        tuning.said["question"],
        [
            Section("Finding", [Bullets(told.found(tuning)), texts("Recommended", told.recommended(tuning))]),
            Section("Settings", [texts("Levers", told.levers(tuning)), Text("As presets:"), Code(told.use(tuning))]),
            Section("Front", [*_front(tuning)]),
            Section("Search", [*_search(tuning)]),
            Section("Design", [Bullets(told.design(tuning)), Text("The tuning file:"), yaml_of(tuning.said)]),
            Section("Tables", [
                frame("Settings tried again", tuning.settings), frame("What they came to", tuning.front),
                Download(f"CSV of {len(tuning.trials):,} trials", "trials.csv", csv(tuning.trials)),
            ]),
            Section("How to reproduce it", [*_reproduce(tuning)]),
        ],
    )  # fmt: skip


def _front(tuning: Tuning) -> Iterator[Block]:
    """Every further objective against the first, with intervals; and each measure by setting."""
    first, *others = tuning.objectives
    wide = {name: tuning.front[tuning.front["measure"] == name].set_index("name") for name in tuning.measures}
    if others:
        axis = tuning.named(first) + (f" ({unit(first)})" if unit(first) else "")
        panels = [
            Panel(tuning.named(other), [*_settings(tuning, wide, first, other)], unit(other), axis) for other in others
        ]
        about = f"In worlds that no trial saw; bars are 95 % intervals, those of {code(first)} stand in the notes."
        yield Chart("Front", "scatter", panels, about)
    panels = []
    for name, held in wide.items():
        shown = [(row.role or row.Index, row) for row in held.itertuples()]
        values = ([getattr(row, end) for _, row in shown] for end in ("estimate", "low", "high"))
        series = Series("fresh worlds", [label for label, _ in shown], *values)
        panels.append(Panel(tuning.named(name), [series], unit(name)))
    yield Chart("Every setting that was tried again", "intervals", panels, "95 % intervals over fresh worlds.")


def _settings(tuning: Tuning, wide: dict[str, pd.DataFrame], first: str, other: str) -> Iterator[Series]:
    """A series for each recommended setting, and one for the rest of each search."""
    rows = tuning.settings.to_dict("records")
    groups: dict[str, list[dict]] = {}
    for row in rows:
        groups.setdefault(row["role"] or row["search"], []).append(row)
    for label, held in groups.items():
        names = [row["name"] for row in held]
        x, y = wide[first].loc[names], wide[other].loc[names]
        notes = [
            f"{name}: {first} {told.spelled(along)}; {told.in_words(row, tuning.levers)}"
            for name, row, along in zip(names, held, x.itertuples(), strict=True)
        ]
        plain = label in ("tuned", "random")
        colour = {"tuned": BLUE, "random": "muted"}.get(label, "ink" if label == "current default" else "")
        yield Series(label, x["estimate"], y["estimate"], y["low"], y["high"], notes, colour, hollow=plain)


_IMPORTANCE = ("lever", "importance", "low", "high")


def _search(tuning: Tuning) -> Iterator[Block]:
    colours = {"tuned": BLUE, "random": "muted"}
    series = [
        Series(search, held["trial"] + 1, held["hypervolume"], colour=colours[search])
        for search, held in tuning.trials.groupby("search", sort=False)
    ]
    yield Chart("Hypervolume over trials", "lines", [Panel("hypervolume", series, x="trials")],
                "As the search saw it, feasible trials only; 1 is all that the first batch spans.")  # fmt: skip
    yield texts("Hypervolume in fresh worlds", told.compared(tuning))
    if not tuning.importance.empty:
        panels = [
            Panel(f"importance for {tuning.named(name)}", [Series("levers", *(held[column] for column in _IMPORTANCE))])
            for name, held in tuning.importance.groupby("objective", sort=False)
        ]
        yield Chart("Importance of levers", "bars", panels, "How far values in the best fifth of all trials are from "
                    "those in all trials (PED-ANOVA); shares add up to 1. Intervals: of resampled trials.")  # fmt: skip


def _reproduce(tuning: Tuning) -> Iterator[Block]:
    yield Code(told.command(tuning))
    yield made_by(tuning.held["versions"])
    yield Text("This page again, from its tables: `turnstile report DIR`.")
