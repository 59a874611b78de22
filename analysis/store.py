"""The store of a study: many runs' tables in part files, ``OUT/TABLE/part-*.parquet``, with a column ``key``.

Part files of one name hold the same runs in every table, those of one run in a row. The table ``runs`` has one row a
run: its key, its version, its configuration as JSON, and its summary.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.columns import columns
from analysis.errors import InputError
from analysis.parquet import Columns, reading
from analysis.run import Run, Table

RUNS = "runs"
"""The table whose part says that the parts of the same name are complete."""


def parts(folder: Path) -> list[Path]:
    """The parts of the table ``runs`` in the store ``folder``, in order.

    Raises ``InputError`` where there is none, and where their runs are of several versions.
    """
    found = sorted((Path(folder) / RUNS).glob("part-*.parquet"))
    if not found:
        raise InputError(f"{folder}: not the folder of a study: it has no {RUNS}/part-*.parquet")
    wrote = versions(found)
    if len(wrote) > 1:
        said = " and ".join(f"{version} ({RUNS}/{path.name})" for version, path in wrote.items())
        raise InputError(f"{folder}: found runs of versions {said}; allowed is one version in a folder")
    return found


def versions(paths: Iterable[Path]) -> dict[str, Path]:
    """Version → the first of the parts ``paths`` of the table ``runs`` that has a run of it."""
    wrote: dict[str, Path] = {}
    for path in paths:
        for version in column_of(path, "version").unique().to_pylist():
            wrote.setdefault(version, path)
    return wrote


def column_of(path: Path, column: str) -> pa.ChunkedArray:
    """One column of texts of a part. Raises ``InputError`` where it cannot be read or is not there."""
    with reading(path):
        if column not in pq.read_schema(path).names:
            raise InputError(f"{path}: has no column {column!r}: it is no table of a study")
        return pq.read_table(path, columns=[column], read_dictionary=[column]).column(0)


def configs(folder: Path, keys: Iterable[str]) -> dict[str, dict]:
    """key → configuration, of the runs ``keys`` in the store ``folder``. Raises ``InputError`` where one is missing."""
    wanted, found = set(keys), {}
    for path in parts(folder):
        held = Columns(path, RUNS)
        found |= {key: _config(held, i) for i, key in enumerate(held["key"]) if key in wanted}
    if missing := sorted(wanted - {*found}):
        raise InputError(f"{folder}: {RUNS}/part-*.parquet have no run {missing[0]!r}: they are another folder's")
    return found


def _config(held: Columns, row: int) -> dict:
    try:
        found = json.loads(held["config"][row])
        found["horizon_days"], found["warmup_days"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{held.path}: row {row} has no configuration of a run: {error!r}") from error
    return found


class Part(Mapping[str, Run]):
    """The runs of one part by key; its tables are read once, column by column, and each run gets its rows."""

    def __init__(self, path: Path):
        self.path, self.folder = path, path.parent.parent
        self._runs = Columns(path, "summary")
        self._rows = {key: row for row, key in enumerate(self._runs["key"])}
        self._summary = {name: self._runs[name].tolist() for name in columns("summary") if name in self._runs}
        self._tables: dict[str, tuple[Columns, dict[str, slice]]] = {}

    def __getitem__(self, key: str) -> Run:
        """The run, made anew: what is worked out of it goes when it does."""
        held, row = self._runs, self._rows[key]
        config, found = _config(held, row), {name: said[row] for name, said in self._summary.items()}
        return Run(f"{self.path}: run {key}", config, found, held["version"][row], partial(self._table, key))

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def _table(self, key: str, name: str) -> Table:
        if name not in self._tables:
            held = Columns(self.folder / name / self.path.name, name)
            self._tables[name] = held, rows_of(held)
        held, rows = self._tables[name]
        return Table(held, rows.get(key, slice(0, 0)))


def rows_of(held: Columns) -> dict[str, slice]:
    """key → the rows of that run in a table. Raises ``InputError`` if the rows of a run do not stand together."""
    names, codes = held.codes("key")
    if not len(codes):
        return {}
    starts = np.append(0, np.flatnonzero(codes[1:] != codes[:-1]) + 1)
    of = names[codes[starts]].tolist()
    if len(starts) != len(set(of)):
        raise InputError(f"{held.path}: the rows of a run do not stand together")
    ends = np.append(starts[1:], len(codes))
    return {key: slice(start, end) for key, start, end in zip(of, starts.tolist(), ends.tolist(), strict=True)}
