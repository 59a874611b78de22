"""The journal of a store: finished runs on their way into a part, one hidden file for all tables of a batch.

An entry is Arrow streams one behind the other, ``runs`` first. It is written and read many times faster than as many
Parquet files, and its name appears when it is whole.
"""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from analysis.parquet import reading
from analysis.store import RUNS
from scenarios.runner.part import Tables
from sim.output.disk import sync, writing

NAME = b"table"


class Journal:
    """The entries in ``folder``. ``waiting``: entry → keys of its runs that stand in no part yet."""

    def __init__(self, folder: Path):
        self._folder = folder
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            for unfinished in folder.glob(".*"):
                unfinished.unlink()
        self.waiting = {path.stem: set(_keys(path)) for path in sorted(folder.glob("*.arrow"))}
        self._next = 1 + max(map(int, self.waiting), default=0)

    def tables(self) -> set[str]:
        """Names of the tables that the entries hold."""
        return set(_read(self._path(next(iter(self.waiting))))) if self.waiting else set()

    def put(self, tables: Tables) -> None:
        """Write an entry, whole or not at all. Raises ``InputError`` where the disk refuses."""
        name = f"{self._next:08d}"
        path, hidden = self._path(name), self._folder / f".{name}"
        with writing(path):
            try:
                with pa.OSFile(str(hidden), "wb") as file:
                    for table in sorted(tables, key=lambda table: (table != RUNS, table)):
                        rows = tables[table].replace_schema_metadata({NAME: table})
                        with pa.ipc.new_stream(file, rows.schema) as stream:
                            stream.write_table(rows)
                sync(hidden)
                hidden.rename(path)
            finally:
                hidden.unlink(missing_ok=True)
            sync(self._folder)
        self._next += 1
        self.waiting[name] = set(tables[RUNS].column("key").to_pylist())

    def rows(self, keys: Iterable[str]) -> dict[str, pa.Table]:
        """The rows of the runs ``keys``, in the order of their keys."""
        lacking, found = set(keys), {}
        for name, waiting in self.waiting.items():
            own = lacking & waiting  # a run may stand in two entries, after its part was dissolved
            if own:
                lacking -= own
                taken = pa.array(sorted(own), pa.string())
                for table, rows in _read(self._path(name)).items():
                    found.setdefault(table, []).append(rows.filter(pc.is_in(rows.column("key"), taken)))
        return {table: _by_key(pa.concat_tables(held)) for table, held in found.items()}

    def forget(self, keys: Iterable[str]) -> None:
        """``keys`` stand in parts; drop the entries of which nothing waits any more."""
        done = set(keys)
        for name, waiting in list(self.waiting.items()):
            waiting -= done
            if not waiting:
                self._path(name).unlink()
                del self.waiting[name]

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.arrow"


def _by_key(rows: pa.Table) -> pa.Table:
    """``rows`` ordered by key, those of one run as they were: Arrow's sort is stable."""
    return rows.take(pc.sort_indices(rows.column("key"))).combine_chunks()


def _keys(path: Path) -> list[str]:
    with reading(path), pa.memory_map(str(path)) as file, pa.ipc.open_stream(file) as stream:
        return stream.read_all().column("key").to_pylist()


def _read(path: Path) -> dict[str, pa.Table]:
    found = {}
    with reading(path), pa.memory_map(str(path)) as file:
        while file.tell() < file.size():
            with pa.ipc.open_stream(file) as stream:
                found[stream.schema.metadata[NAME].decode()] = stream.read_all().replace_schema_metadata()
    return found
