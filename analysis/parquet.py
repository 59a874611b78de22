"""A Parquet file as numpy arrays, read column by column when they are asked for."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.columns import documents
from analysis.errors import InputError, nearest


class Columns(Mapping[str, np.ndarray]):
    """The columns of the file of the table ``name``: numbers as int64 or float64 (null: NaN), texts as str or None.

    Raises ``InputError`` where the file is missing, truncated, no Parquet, lacks a column that is asked for, or has
    texts in one of numbers.
    """

    def __init__(self, path: Path, name: str):
        self.path, self.name = path, name
        self._read: dict[str, np.ndarray] = {}
        with reading(path):
            metadata = pq.read_metadata(path)
            kinds = metadata.schema.to_arrow_schema()
            texts = [kind.name for kind in kinds if pa.types.is_string(kind.type)]
            self._file = pq.ParquetFile(path, metadata=metadata, read_dictionary=texts)
        self.rows = metadata.num_rows
        self._known = kinds.names

    def __getitem__(self, column: str) -> np.ndarray:
        if column not in self._read:
            if column not in self._known:
                raise InputError(self._lacks(column))
            with reading(self.path):
                found = _array(self._file.read(columns=[column], use_threads=False).column(0))
            if found.dtype == object and self._number(column):
                raise InputError(f"{self.path}: column {column!r} holds texts, not numbers: it is no run's table")
            self._read[column] = found
        return self._read[column]

    def __contains__(self, column: object) -> bool:
        return column in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    @property
    def _documented(self) -> Mapping:
        """What docs/tables.md says of the columns; nothing of the table ``runs``."""
        return documents().get(self.name, {"columns": {}})["columns"]

    def _number(self, column: str) -> bool:
        """Whether the column is documented, and not as one of words."""
        return column in self._documented and self._documented[column][0] != "word"

    def _lacks(self, column: str) -> str:
        if column in self._documented:
            return f"{self.path}: has no column {column!r}; this version writes one: the table is another version's"
        return f"{self.path}: has no column {column!r}{nearest(column, self._known)}"


def _array(column: pa.ChunkedArray) -> np.ndarray:
    if pa.types.is_dictionary(column.type):
        return _texts(column.unify_dictionaries())
    if pa.types.is_floating(column.type) or (pa.types.is_integer(column.type) and column.null_count):
        column = column.cast(pa.float64())
    array = column.to_numpy()
    return array.astype(object) if array.dtype.kind == "U" else array


def _texts(column: pa.ChunkedArray) -> np.ndarray:
    """Every text as one object, however often it stands there: to compare them is to compare addresses."""
    if not column.num_chunks:
        return np.empty(0, object)
    texts = np.array([*column.chunk(0).dictionary.to_pylist(), None], object)
    return texts[np.concatenate([chunk.indices.fill_null(len(texts) - 1).to_numpy() for chunk in column.chunks])]


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Whatever pyarrow says of a file it cannot read becomes one line."""
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"{path}: cannot be read: {said}") from error
