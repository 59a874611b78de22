"""The part files of a store: ``FOLDER/TABLE/NAME.parquet``, each part written whole or not at all, ``runs`` last."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.output.disk import sync, writing

RUNS = "runs"
"""The table whose part says that the parts of the same name are complete."""

Tables = Mapping[str, pa.Table]
"""Name of a table → the rows of some runs; those of one run stand together, under its ``key``."""


def write_part(folder: Path, name: str, tables: Tables) -> None:
    """Write ``tables`` as the part ``name``. Raises ``InputError`` where the disk refuses; then there is no part."""
    for table in sorted(tables, key=lambda table: (table == RUNS, table)):
        place = folder / table
        path, hidden = place / f"{name}.parquet", place / f".{name}"
        with writing(path):
            place.mkdir(parents=True, exist_ok=True)
            try:
                pq.write_table(tables[table], hidden, compression="zstd")
                sync(hidden)
                hidden.rename(path)
            finally:
                hidden.unlink(missing_ok=True)
            sync(place)


def read_part(folder: Path, name: str) -> dict[str, pa.Table]:
    """All tables of a part."""
    return {path.parent.name: pq.read_table(path) for path in _files(folder, name)}


def drop_part(folder: Path, name: str) -> None:
    """Remove a part, ``runs`` first."""
    for path in sorted(_files(folder, name), key=lambda path: path.parent.name != RUNS):
        path.unlink()


def _files(folder: Path, name: str) -> list[Path]:
    """The files of a part."""
    return [path for path in folder.glob(f"*/{name}.parquet") if not path.parent.name.startswith(".")]


def keys_of_parts(folder: Path) -> dict[str, list[str]]:
    """Part → the keys of its runs, in their order, for every complete part in ``folder``."""
    paths = sorted((folder / RUNS).glob("[!.]*.parquet"))
    return {path.stem: pq.read_table(path, columns=["key"]).column(0).to_pylist() for path in paths}


def runs_in(tables: Tables) -> Iterator[tuple[str, dict[str, pa.Table]]]:
    """(key, its tables) of every run."""
    rows = {name: _rows(table) for name, table in tables.items()}
    for key in rows[RUNS]:
        yield key, {name: tables[name].slice(*rows[name].get(key, (0, 0))) for name in tables}


def _rows(table: pa.Table) -> dict[str, tuple[int, int]]:
    """key → (first row, how many)."""
    keys = table.column("key").combine_chunks().dictionary_encode()
    if isinstance(keys, pa.ChunkedArray):
        keys = keys.combine_chunks()
    codes = keys.indices.to_numpy()
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    lengths = np.diff(starts, append=len(codes))
    names = keys.dictionary.to_pylist()
    return {names[codes[at]]: (at, n) for at, n in zip(starts.tolist(), lengths.tolist(), strict=True)}


def together(runs: Iterable[Tables]) -> dict[str, pa.Table]:
    """The tables of several runs, one below the other."""
    found: dict[str, list[pa.Table]] = {}
    for tables in runs:
        for name, table in tables.items():
            found.setdefault(name, []).append(table)
    return {name: pa.concat_tables(held).combine_chunks() for name, held in found.items()}
