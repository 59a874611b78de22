"""The report of a sensitivity: what moves what, or where findings turn, with everything drawn."""

from collections.abc import Iterator

import pandas as pd

from analysis.page.blocks import Block, Bullets, Card, Code, Download, Page, Section, Text
from analysis.page.chart import Chart, Panel, Series
from analysis.report.parts import csv, made_by, texts, yaml_of
from analysis.sensitivity import told
from analysis.sensitivity.analysing import CONVERGENCE, MORRIS, SIGN_TABLE, SIGNS
from analysis.sensitivity.morris import LUCK, MU_STAR
from analysis.sensitivity.noise import DUMMY
from analysis.sensitivity.result import Result
from analysis.sensitivity.sobol import FIRST, TOTAL
from analysis.sensitivity.words import ranked, wide
from analysis.study import unit

_MOST, _LINES = 20, 5
"""Parameters of each output in the chart of indices, and in that of convergence; the dummy comes beside."""


def report(result: Result) -> Page:
    """The page of ``result``."""
    return Page(
        f"{result.said['name']}_{result.method}",
        told.title(result),
        result.said["question"],
        [
            Section("Finding", [Bullets(list(told.findings(result))), *_found(result)]),
            Section("Design", [Bullets(list(told.design(result))), texts("Parameters", told.parameters(result))]),
            Section("Convergence", [_convergence(result), texts("Spread", told.spread(result))]),
            Section("Worlds", [_worlds(result), _download(result)]),
            Section("How to reproduce it", [*_reproduce(result)]),
        ],
    )


def _found(result: Result) -> Iterator[Block]:
    yield Text(told.READING[result.method])
    if result.method == SIGNS:
        yield _shares(result)
        yield texts("Signs", told.signs(result))
        for finding, lines in told.where(result):
            yield Card(f"Where {finding} turns", "", [Bullets(lines)])
    else:
        yield _indices(result)
        yield texts("Indices", told.indices(result))


def _shares(result: Result) -> Chart:
    rows = result.tables[SIGN_TABLE]
    names = [f"{i}. {label}" for i, label in enumerate(rows["output"], 1)]
    series = Series("worlds that keep the sign", names, rows["share"], rows["share_low"], rows["share_high"])
    about = "Share of worlds in which each finding keeps the sign that it has as the constants are, Wilson's 95 %."
    return Chart("Signs kept", "intervals", [Panel("share of worlds", [series])], about)


def _indices(result: Result) -> Chart:
    panels = []
    for said in result.said["outputs"]:
        own = result.indices[result.indices["output"] == said["label"]]
        names = ranked(own, _MOST)
        held = wide(own).loc[names]
        kinds = (MU_STAR, LUCK) if result.method == MORRIS else (TOTAL, FIRST)
        series = [
            Series(kind, names, *(held[kind][end] for end in ("estimate", "low", "high")), hollow=i > 0,
                   colour="muted" if kind == LUCK else "")
            for i, kind in enumerate(kinds)
        ]  # fmt: skip
        panels.append(Panel(said["label"], series, unit(said["measure"]) if result.method == MORRIS else ""))
    return Chart("What moves it", "intervals", panels, "The strongest parameters and the dummy, 95 % intervals.")


def _convergence(result: Result) -> Chart:
    held, panels = result.tables[CONVERGENCE], []
    for label in result.labels:
        own = held[held["output"] == label]
        if result.method == SIGNS:
            series = [Series("share kept", own["worlds"], own["share"], own["share_low"], own["share_high"])]
        else:
            own = own[own["index"].isin([MU_STAR, TOTAL])]
            series = [
                _line(name, own[own["parameter"] == name])
                for name in ranked(result.indices[result.indices["output"] == label], _LINES)
            ]
        panels.append(Panel(label, series, x="worlds", log=True))
    return Chart("Over the size of the design", "lines", panels, "From parts of the design, 95 % intervals.")


def _line(name: str, rows: pd.DataFrame) -> Series:
    values = (rows[column] for column in ("worlds", "estimate", "low", "high"))
    return Series(name, *values, colour="muted" if name == DUMMY else "")


def _worlds(result: Result) -> Chart:
    """Every output over every parameter: the reader chooses which output, and over the strongest."""
    table, panels = told.outputs_by_world(result), []
    scales = {each["key"]: each["scale"] for each in result.said["parameters"]}
    for label in result.labels:
        for name in _over(result, label):
            points = Series("worlds", table[name], table[label], notes=[f"world {n}" for n in table["world"]])
            panels.append(Panel(f"{label} over {name}", [points], x=name, log=scales.get(name) == "log"))
    return Chart("Worlds", "scatter", panels, "Each point is a world, mean over its seeds.")


def _over(result: Result, label: str) -> list[str]:
    """The parameters over which an output is shown: the strongest, or those at which its tree splits, or the first."""
    if result.method != SIGNS:
        return ranked(result.indices[result.indices["output"] == label], _LINES)[:-1]
    nodes = result.tables["tree"]
    split = nodes.loc[(nodes["output"] == label) & (nodes["parameter"] != ""), "parameter"]
    return list(dict.fromkeys(split)) or result.parameters[:1]


def _download(result: Result) -> Download:
    table = told.outputs_by_world(result)
    return Download(f"CSV of {len(table):,} worlds: parameters, outputs", "worlds.csv", csv(table))


def _reproduce(result: Result) -> Iterator[Block]:
    yield Code(told.command(result))
    yield made_by(result.said["versions"])
    yield Text("The file:")
    yield yaml_of(result.said["sensitivity"])
    yield Text("This page again, from its tables: `turnstile report DIR`.")
