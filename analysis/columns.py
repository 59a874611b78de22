"""What every column and every key of the summary means: read from ``columns.yaml``, rendered into docs/tables.md."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from textwrap import wrap

import yaml

_SOURCE = Path(__file__).with_suffix(".yaml")

_HEAD = """# Tables and summary

One run's folder holds these tables as Parquet and the summary as JSON. Symbols come first, then every column as a
formula over them. A value that is not defined, such as a rate without trials, is null.
"""


@cache
def documents() -> Mapping[str, Mapping]:
    """Name of a table, or ``summary`` → ``about`` and ``columns``: name → [unit, meaning], in their order there."""
    source = _read()
    for document in source["documents"].values():
        document["columns"] = _spelt_out(document["columns"], source["groups"])
    return source["documents"]


def columns(name: str) -> list[str]:
    """The columns of a table, or the keys of ``summary``."""
    return list(documents()[name]["columns"])


def unit(name: str, column: str) -> str:
    """The unit of a column, for an axis or a tooltip."""
    return documents()[name]["columns"][column][0]


def allowed() -> list[Mapping]:
    """What columns of numbers may hold: some ``units`` each, whether ``whole``, the ``least`` and the ``greatest``."""
    return _read()["numbers"]


def render() -> str:
    """The tables, for docs/tables.md."""
    return "\n".join([_HEAD, *_symbols(), *(line for name in documents() for line in _section(name))])


def _spelt_out(columns: Mapping, groups: Mapping) -> dict:
    """``columns`` with those of the groups that they name, which may name groups themselves."""
    full = {}
    for column, said in columns.items():
        full |= _spelt_out(groups[column], groups) if said == "group" else {column: said}
    return full


@cache
def _read() -> dict:
    return yaml.safe_load(_SOURCE.read_text(encoding="utf-8"))


def _symbols() -> Iterator[str]:
    yield from ("## Symbols", "", "| symbol | meaning |", "|---|---|")
    for symbol, meaning in _read()["symbols"].items():
        yield f"| {symbol} | {meaning} |"
    yield ""


def _section(name: str) -> Iterator[str]:
    yield from (f"## {name}", "", *wrap(documents()[name]["about"], 120), "")
    yield from ("| column | unit | meaning |", "|---|---|---|")
    for column, (unit, meaning) in documents()[name]["columns"].items():
        yield f"| `{column}` | {unit} | {meaning} |"
    yield ""
