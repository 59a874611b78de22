"""The report of a sweep: means of its measures over the grid."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.finished import SWEEP, read_table, record
from analysis.page.blocks import Block, Bullets, Code, Column, Download, Page, Section, Table, Text
from analysis.page.chart import Chart, Panel, Series
from analysis.report.parts import csv, made_by, yaml_of
from analysis.store import configs
from analysis.study import unit, with_any
from analysis.study_figures.series import band


def report(folder: Path) -> Page:
    """The page of the sweep in ``folder``. Raises ``InputError`` where that is not the folder of a finished sweep."""
    with record(folder / SWEEP, "sweep") as said:
        keys, names = [str(key) for key in said["keys"]], [str(name) for name in said["measures"]]
        words, seeds, digests = [str(word) for word in said["words"]], int(said["seeds"]), dict(said["tables"])
        versions = made_by(dict(said["versions"]))
    measured = read_table(folder, "measures", (*keys, "seed", "key", *names), digests)
    return Page(
        "sweep",
        f"A sweep of {', '.join(keys)}",
        f"How do {', '.join(f'`{name}`' for name in names)} lie over the grid?",
        [
            Section("Means", [_chart(measured, keys, names), _means(measured, keys, names)]),
            Section("Design", [Bullets([
                *(f"`{key}`: {', '.join(f'`{value}`' for value in _values(measured[key]))}." for key in keys),
                f"Seeds: {seeds}, the same at every point; {len(measured):,} runs.",
            ])]),
            Section("Runs", [Download(f"CSV of {len(measured):,} runs", "runs.csv", csv(measured))]),
            Section("Configuration", [*_configuration(folder, with_any(measured, names))]),
            Section("How to reproduce it", [_again(words, names, seeds), versions]),
        ],
    )  # fmt: skip


def _chart(measured: pd.DataFrame, keys: Sequence[str], names: Sequence[str]) -> Chart:
    """Each measure over the key with most numbers, or else the first; a line for each combination of the others."""
    numbers = [key for key in keys if pd.api.types.is_numeric_dtype(measured[key])]
    over = max(numbers, key=lambda key: measured[key].nunique(), default=keys[0])
    others = [key for key in keys if key != over]
    lines = measured.groupby(others, sort=False) if others else [((), measured)]
    named = {" ".join(f"{key}={value}" for key, value in zip(others, values, strict=True)): held
             for values, held in lines}  # fmt: skip
    panels = [
        Panel(name, [_series(line or name, held, over, name) for line, held in named.items()], unit(name), over)
        for name in names
    ]
    return Chart(f"Over {over}", "lines" if numbers else "points", panels, "Mean over seeds, with 95 % intervals.")


def _series(line: str, held: pd.DataFrame, over: str, name: str) -> Series:
    by_seed = held.pivot(index="seed", columns=over, values=name)
    if len(by_seed) == 1:
        return Series(line, by_seed.columns, by_seed.iloc[0])
    return Series(line, by_seed.columns, *band(by_seed.to_numpy(float)))


def _means(measured: pd.DataFrame, keys: Sequence[str], names: Sequence[str]) -> Table:
    said = [Column(f"{name}{part}", "number") for name in names for part in ("", " low", " high")]
    rows = []
    for values, held in measured.groupby(keys, sort=False):
        found = held[names].to_numpy(float)
        cells = np.column_stack(band(found)) if len(found) > 1 else np.column_stack([found[0], *[[np.nan]] * 2])
        rows.append((*values, *cells.ravel().tolist()))
    return Table("Means, with the ends of their intervals", [*(Column(key, "code") for key in keys), *said], rows)


def _values(column: pd.Series) -> list[str]:
    return [f"{value:.12g}" if isinstance(value, float) else str(value) for value in column.unique()]


def _configuration(folder: Path, measured: pd.DataFrame) -> Iterator[Block]:
    yield Text("Of the first run that was measured; the others differ by the swept keys and the seed.")
    yield from map(yaml_of, configs(folder, measured["key"].iloc[:1]).values())


def _again(words: Sequence[str], names: Sequence[str], seeds: int) -> Code:
    measures = (word for name in names for word in ("--measure", name))
    return Code(shlex.join(["turnstile", "sweep", *words, "--seeds", f"{seeds}", *measures]))
