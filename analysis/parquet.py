"""A Parquet file as numpy arrays, read column by column when they are asked for."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.columns import documents
from analysis.errors import InputError, nearest
from analysis.numbers import by_unit


class Columns(Mapping[str, np.ndarray]):
    """The columns of the file of the table ``name``: numbers as int64 or float64 (null: NaN), texts as str or None.

    Raises ``InputError`` where the file is missing, truncated, no Parquet, lacks a column that is asked for, has texts
    in one of numbers or numbers in one of texts, or numbers that the column's unit does not allow.
    """

    def __init__(self, path: Path, name: str):
        self.path, self.name = path, name
        self._read: dict[str, np.ndarray] = {}
        self._coded: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        self._where: dict[tuple[str, str], np.ndarray] = {}
        with reading(path):
            metadata = pq.read_metadata(path)
            kinds = metadata.schema.to_arrow_schema()
            self._texts = [kind.name for kind in kinds if self._is_text(kind)]
            self._file = pq.ParquetFile(path, metadata=metadata, read_dictionary=self._texts)
        self.rows = metadata.num_rows
        self._known = kinds.names

    def __getitem__(self, column: str) -> np.ndarray:
        if column not in self._read:
            if column in self._texts:
                texts, codes = self.codes(column)
                self._read[column] = texts[codes]
            else:
                stored = self._allowed(column)
                with reading(self.path):
                    self._read[column] = _numbers(stored)
        return self._read[column]

    def __contains__(self, column: object) -> bool:
        return column in self._known

    def where(self, column: str, text: str) -> np.ndarray:
        """Which rows of a column of texts have ``text``: (rows,) bool."""
        if (column, text) not in self._where:
            texts, codes = self.codes(column)
            known = texts.tolist()
            self._where[column, text] = codes == (known.index(text) if text in known else -1)
        return self._where[column, text]

    def codes(self, column: str) -> tuple[np.ndarray, np.ndarray]:
        """The texts that stand in a column of texts, None the last, and the number of that of each row."""
        if column not in self._coded:
            self._coded[column] = _codes(self._stored(column))
        return self._coded[column]

    def _stored(self, column: str) -> pa.ChunkedArray:
        if column not in self._known:
            raise InputError(self._lacks(column))
        holds, due = ("texts", "numbers") if column in self._texts else ("numbers", "texts")
        if self._due(column) not in (None, holds):
            raise InputError(f"{self.path}: column {column!r} holds {holds}, not {due}: it is no run's table")
        with reading(self.path):
            return self._file.reader.read_column(self._known.index(column))  # `read` takes twice as long

    def _allowed(self, column: str) -> pa.ChunkedArray:
        """A column of numbers, all of them such as its unit allows; one that is not documented may hold any."""
        stored = self._stored(column)
        held = by_unit().get(self._documented[column][0]) if column in self._documented else None
        if held and (wrong := held.wrong(stored)):
            raise InputError(f"{self.path}: column {column!r} holds {wrong}; allowed are {held}")
        return stored

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    @property
    def _documented(self) -> Mapping:
        """What docs/tables.md says of the columns; nothing of the table ``runs``."""
        return documents().get(self.name, {"columns": {}})["columns"]

    def _is_text(self, kind: pa.Field) -> bool:
        """Whether a column holds texts; one without any value holds what it is documented to hold."""
        types = pa.types
        if types.is_null(kind.type):
            return self._due(kind.name) == "texts"
        return types.is_string(kind.type) or types.is_large_string(kind.type)

    def _due(self, column: str) -> str | None:
        """Whether docs/tables.md says of the column that it has numbers or texts; None: nothing."""
        if column not in self._documented:
            return None
        return "texts" if self._documented[column][0] == "word" else "numbers"

    def _lacks(self, column: str) -> str:
        if column in self._documented:
            return f"{self.path}: has no column {column!r}; this version writes one: the table is another version's"
        return f"{self.path}: has no column {column!r}{nearest(column, self._known)}"


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    types, kind = pa.types, column.type
    if types.is_floating(kind) or types.is_null(kind) or (types.is_integer(kind) and column.null_count):
        column = column.cast(pa.float64())
    elif types.is_integer(kind):
        column = column.cast(pa.int64())
    return column.to_numpy()


def _codes(column: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """Every text as one object, however often it stands there: to compare them is to compare addresses."""
    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    column = column.combine_chunks()
    texts = np.array([*column.dictionary.to_pylist(), None], object)
    codes = column.indices.fill_null(len(texts) - 1) if column.null_count else column.indices
    return texts, codes.to_numpy()


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Whatever pyarrow says of a file it cannot read becomes one line."""
    try:
        yield
    except (OSError, UnicodeDecodeError, pa.ArrowException) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"{path}: cannot be read: {said}") from error
