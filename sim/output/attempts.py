"""The attempt log: streamed to Parquet while the simulation runs, in bounded memory."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.output.disk import writing
from sim.records import ATTEMPT, CLASSES, Outcome

ROW_GROUP = 1 << 17
"""Rows held in memory before they are written: 10 MB. Fixed, so that the bytes do not depend on how rows arrive."""

_WORDS = {"klass": CLASSES, "outcome": tuple(outcome.name.lower() for outcome in Outcome)}
_FLAGS = ("derailed", "drifted")


def _arrow_type(column: str) -> pa.DataType:
    if column in _WORDS:
        return pa.dictionary(pa.int8(), pa.string())
    return pa.bool_() if column in _FLAGS else pa.from_numpy_dtype(ATTEMPT[column])


SCHEMA = pa.schema([pa.field(column, _arrow_type(column), nullable=False) for column in ATTEMPT.names])


class AttemptLog:
    """Writes arrays of ``ATTEMPT`` rows to one Parquet file.

    Columns have the names of ``ATTEMPT``; ``klass`` and ``outcome`` are words, ``derailed`` and ``drifted`` booleans.
    Use it as a context manager; ``append`` may be called with any number of rows, and copies them.
    Raises ``InputError`` where the disk refuses.
    """

    def __init__(self, path: Path):
        self.path = path
        self._buffer = np.empty(ROW_GROUP, ATTEMPT)
        self._held = 0
        with writing(path):
            self._writer = pq.ParquetWriter(path, SCHEMA, compression="zstd")

    def append(self, rows: np.ndarray) -> None:
        """Add ``rows`` (dtype ``ATTEMPT``) to the log."""
        while len(rows):
            taken = min(ROW_GROUP - self._held, len(rows))
            self._buffer[self._held : self._held + taken] = rows[:taken]
            self._held += taken
            rows = rows[taken:]
            if self._held == ROW_GROUP:
                self._flush()

    def close(self) -> None:
        """Write what is held and finish the file."""
        with writing(self.path):
            if self._held:
                self._flush()
            self._writer.close()

    def __enter__(self) -> "AttemptLog":
        return self

    def __exit__(self, kind, *rest) -> None:
        if kind is None:
            self.close()
        else:  # the file is lost with its folder; only its handle must go
            with writing(self.path):
                self._writer.close()

    def _flush(self) -> None:
        rows = self._buffer[: self._held]
        columns = [_column(name, rows[name]) for name in ATTEMPT.names]
        with writing(self.path):
            self._writer.write_table(pa.Table.from_arrays(columns, schema=SCHEMA), row_group_size=ROW_GROUP)
        self._held = 0


def _column(name: str, values: np.ndarray) -> pa.Array:
    if name in _WORDS:
        return pa.DictionaryArray.from_arrays(pa.array(values.astype(np.int8)), pa.array(_WORDS[name]))
    return pa.array(values.astype(bool) if name in _FLAGS else np.ascontiguousarray(values))
