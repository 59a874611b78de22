"""The part files of a store: ``FOLDER/TABLE/NAME.parquet``, each part written whole or not at all, ``runs`` last."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.store import RUNS
from sim.output.disk import sync, writing
from sim.output.tables import arrow

Tables = Mapping[str, pa.Table]
"""Name of a table → the rows of some runs; those of one run stand together, under its ``key``."""


def write_part(folder: Path, name: str, tables: Tables) -> None:
    """Write ``tables`` as the part ``name``. Raises ``InputError`` where the disk refuses; then there is no part."""
    for table in sorted(tables, key=lambda table: (table == RUNS, table)):
        write_whole(folder / table / f"{name}.parquet", tables[table])


def write_whole(path: Path, table: pa.Table) -> None:
    """Write one file, whole or not at all. Raises ``InputError`` where the disk refuses."""
    hidden = path.with_name(f".{path.stem}")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            pq.write_table(_required(table), hidden, compression="lz4")  # reads twice as fast as zstd, floats as large
            sync(hidden)
            hidden.rename(path)
        finally:
            hidden.unlink(missing_ok=True)
        sync(path.parent)


def write_frame(folder: Path, name: str, frame: pd.DataFrame) -> None:
    """Write a table about the runs beside them, whole or not at all. Raises ``InputError`` where the disk refuses."""
    write_whole(folder / f"{name}.parquet", arrow(frame, name))


def read_part(folder: Path, name: str) -> dict[str, pa.Table]:
    """All tables of a part."""
    return {path.parent.name: _nullable(pq.read_table(path)) for path in _files(folder, name)}


def tables_of(folder: Path, name: str) -> set[str]:
    """The tables of a part."""
    return {path.parent.name for path in _files(folder, name)}


def drop_part(folder: Path, name: str) -> None:
    """Remove a part, ``runs`` first."""
    for path in sorted(_files(folder, name), key=lambda path: path.parent.name != RUNS):
        path.unlink()


def _required(table: pa.Table) -> pa.Table:
    """The same, columns without a null declared so: such a column is read in two thirds of the time."""
    return _declared(table, [column.null_count > 0 for column in table.columns])


def _nullable(table: pa.Table) -> pa.Table:
    """The same, where every column may have nulls, as in a part with other runs it might."""
    return _declared(table, [True] * table.num_columns)


def _declared(table: pa.Table, nulls: list[bool]) -> pa.Table:
    fields = [field.with_nullable(null) for field, null in zip(table.schema, nulls, strict=True)]
    return pa.Table.from_arrays(table.columns, schema=pa.schema(fields))


def _files(folder: Path, name: str) -> list[Path]:
    """The files of a part."""
    return [path for path in folder.glob(f"*/{name}.parquet") if not path.parent.name.startswith(".")]


def keys_of_parts(folder: Path) -> dict[str, list[str]]:
    """Part → the keys of its runs, in their order, for every complete part in ``folder``."""
    paths = sorted((folder / RUNS).glob("[!.]*.parquet"))
    return {path.stem: pq.read_table(path, columns=["key"]).column(0).to_pylist() for path in paths}


def together(runs: Iterable[Tables]) -> dict[str, pa.Table]:
    """The tables of several runs, one below the other."""
    found: dict[str, list[pa.Table]] = {}
    for tables in runs:
        for name, table in tables.items():
            found.setdefault(name, []).append(table)
    return {name: pa.concat_tables(held).combine_chunks() for name, held in found.items()}
