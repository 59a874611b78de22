"""The store of a study: many runs' tables in part files, ``OUT/TABLE/part-*.parquet``, with a column ``key``.

Part files of one name hold the same runs in every table, those of one run in a row. The table ``runs`` has one row a
run: its key, its version, its configuration as JSON, and its summary.
"""

import json
from collections.abc import Iterable, Iterator
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
    """The parts of the table ``runs`` in the store ``folder``, in order. Raises ``InputError`` where there is none."""
    found = sorted((Path(folder) / RUNS).glob("part-*.parquet"))
    if not found:
        raise InputError(f"{folder}: not the folder of a study: it has no {RUNS}/part-*.parquet")
    return found


def runs(folder: Path) -> dict[str, Run]:
    """key → run, for all in the store ``folder``; tables are read when they are asked for."""
    return {key: run for path in parts(folder) for key, run in Part(path)}


def configs(folder: Path, keys: Iterable[str]) -> dict[str, dict]:
    """key → configuration, for those of ``keys`` that are in the store ``folder``."""
    wanted, found = set(keys), {}
    for path in parts(folder):
        held = Columns(path, RUNS)
        found |= {key: json.loads(held["config"][i]) for i, key in enumerate(held["key"]) if key in wanted}
    return found


class Part:
    """The runs of one part; its tables are read once, column by column, and each run gets its rows."""

    def __init__(self, path: Path):
        self.path, self.folder = path, path.parent.parent
        self._runs = Columns(path, RUNS)
        self._tables: dict[str, tuple[Columns, dict[str, slice]]] = {}

    def __iter__(self) -> Iterator[tuple[str, Run]]:
        """(key, run) of each run."""
        held = self._runs
        summary = [name for name in columns("summary") if name in held]
        for i, key in enumerate(held["key"]):
            config, found = json.loads(held["config"][i]), {name: held[name][i] for name in summary}
            load = partial(self._table, key)
            yield key, Run(f"{self.path}: run {key}", config, found, held["version"][i], load)

    def _table(self, key: str, name: str) -> Table:
        if name not in self._tables:
            path = self.folder / name / self.path.name
            with reading(path):
                keys = pq.read_table(path, columns=["key"], read_dictionary=["key"]).column(0)
            self._tables[name] = Columns(path, name), rows_of(keys, path)
        held, rows = self._tables[name]
        return Table(held, rows.get(key, slice(0, 0)))


def rows_of(keys: pa.ChunkedArray, where: Path | str) -> dict[str, slice]:
    """key → the rows of that run, where ``keys`` (rows,) has the key of each.

    Raises ``InputError`` naming ``where`` if the rows of a run do not stand together.
    """
    if not len(keys):
        return {}
    keys = pa.array(keys.combine_chunks()).dictionary_encode()
    codes = keys.indices.to_numpy()
    starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))
    names = keys.dictionary.to_pylist()
    if len(starts) != len(set(codes[starts].tolist())):
        raise InputError(f"{where}: the rows of a run do not stand together")
    ends = np.append(starts[1:], len(codes))
    return {names[codes[start]]: slice(start, end) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)}
