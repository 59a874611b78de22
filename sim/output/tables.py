"""Tables as Parquet whose bytes depend on their values alone, and the summary as JSON."""

import json
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.output.disk import writing


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write ``frame`` as ``arrow`` gives it. Raises ``ValueError`` on an infinite value."""
    table = arrow(frame, path.stem)
    with writing(path):
        pq.write_table(table, path, compression="zstd")


def arrow(frame: pd.DataFrame, name: str) -> pa.Table:
    """``frame`` without its index: whole numbers int64, others float64, texts string, NaN as null.

    Raises ``ValueError`` on an infinite value, which no table may hold; it says in which column of ``name``.
    """
    columns = [str(column) for column in frame.columns]
    arrays = [_column(values, f"{name}.{column}") for column, (_, values) in zip(columns, frame.items(), strict=True)]
    return pa.Table.from_arrays(arrays, names=columns)


def _column(values: pd.Series, name: str) -> pa.Array:
    kind = values.dtype.kind if isinstance(values.dtype, np.dtype) else "an extension of pandas"
    if kind in "iu":
        return pa.array(values.to_numpy(np.int64))
    if kind == "f":
        numbers = values.to_numpy(np.float64)
        if np.isinf(numbers).any():
            raise ValueError(f"{name} holds an infinite value")
        return pa.array(numbers, from_pandas=True)
    array = pa.array(values, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    array = array.cast(_plain(array.type))
    if pa.types.is_floating(array.type) and pc.any(pc.is_inf(array)).as_py():
        raise ValueError(f"{name} holds an infinite value")
    return array


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_boolean(kind):
        return kind
    if pa.types.is_integer(kind):
        return pa.int64()
    # An all-null column has no type of its own: numbers arrive as float NaN, so what is left are texts.
    return pa.float64() if pa.types.is_floating(kind) else pa.string()


def write_json(values: Mapping, path: Path) -> None:
    """Write ``values`` in their own order; NaN becomes null. Raises ``ValueError`` on an infinite value."""
    text = json.dumps(_plain_value(values, path.stem), indent=2, ensure_ascii=False, allow_nan=False)
    with writing(path):
        path.write_text(text + "\n", encoding="utf-8")


def _plain_value(value, name: str):
    if isinstance(value, Mapping):
        return {str(key): _plain_value(item, f"{name}.{key}") for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain_value(item, name) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and math.isinf(value):
        raise ValueError(f"{name} is infinite")
    return None if isinstance(value, float) and math.isnan(value) else value
