"""Blocks that several reports have."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
import yaml

from analysis.columns import columns, unit
from analysis.page.blocks import Code, Column, Pairs, Table
from analysis.page.chart import Chart, Panel, Series
from analysis.run import Run
from analysis.spans import window_means
from analysis.study_told import Rows, code, libraries

DAYS = 400
"""At most so many means over as many rows of a timeline each: a chart has no more points across."""


class _Dumper(yaml.SafeDumper):
    """YAML of plain values, and of whatever is a dict."""


_Dumper.add_multi_representer(dict, yaml.SafeDumper.represent_dict)


def yaml_of(said: Mapping) -> Code:
    """A configuration, or a file, as it is written."""
    return Code(yaml.dump(said, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100).rstrip())


def csv(table: pd.DataFrame) -> str:
    """A table for other programs, in nine digits."""
    return table.to_csv(index=False, float_format="%.9g", lineterminator="\r\n")


def flat(said: Mapping, within: str = "") -> dict[str, object]:
    """Nested mappings as one, by keys with dots."""
    found = {}
    for name, value in said.items():
        found |= flat(value, f"{within}{name}.") if isinstance(value, Mapping) else {f"{within}{name}": value}
    return found


def frame(title: str, rows: pd.DataFrame) -> Table:
    """A table of pandas; what is no number is text, and nothing where it is null."""
    numbers = {name: pd.api.types.is_numeric_dtype(rows[name]) for name in rows}
    held = [rows[name].tolist() if numbers[name] else rows[name].fillna("").astype(str).tolist() for name in rows]
    heads = [Column(name, "number" if numbers[name] else "text") for name in rows]
    return Table(title, heads, list(zip(*held, strict=True)))


def texts(title: str, rows: Rows) -> Table:
    """A table of what is told."""
    return Table(title, [Column(name) for name in rows.head], rows.rows)


def telling_first(names: Iterable[str]) -> list[str]:
    """Columns of the timeline in the order in which a reader is offered them: what comes to all alike is not first."""
    return sorted(names, key=lambda name: name != "success_rate")


def made_by(versions: Mapping) -> Pairs:
    """What ran it, by the ``versions`` of its record."""
    return Pairs({"turnstile": versions["turnstile"], "simulator": code(versions["simulator"]),
                  "python": versions["python"], "libraries": libraries(versions)})  # fmt: skip


def over_time(runs: Iterable[tuple[str, Run]]) -> Chart:
    """Every column of the timeline of runs, by name; the reader chooses which."""
    read = [(name, run["timeline"]) for name, run in runs]
    panels = []
    for column in telling_first(columns("timeline")[1:]):
        series = [Series(name, *(window_means(held[each], DAYS) for each in ("day", column))) for name, held in read]
        if any(np.isfinite(one.y).any() for one in series):
            said = unit("timeline", column)
            panels.append(Panel(column, series, "" if said == "1" else said, "time (days)"))
    return Chart("Over time", "lines", panels, f"From tick to tick, or means where there are more than {DAYS}.")
