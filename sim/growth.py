"""Arrays to which rows are appended."""

import numpy as np


def roomy(array: np.ndarray, rows: int) -> np.ndarray:
    """``array`` where it has ``rows`` rows; else a copy with twice as many, so that appending costs O(1) a row.

    New rows are zero.
    """
    if rows <= len(array):
        return array
    larger = np.zeros((2 * rows, *array.shape[1:]), array.dtype)
    overwrite(larger[: len(array)], array)
    return larger


def overwrite(array: np.ndarray, other: np.ndarray) -> None:
    """Copy ``other`` over ``array``, of the same shape and type, as bytes: numpy copies records field by field."""
    array.reshape(-1).view(np.uint8)[:] = np.ascontiguousarray(other).reshape(-1).view(np.uint8)


def padded(array: np.ndarray, rows: int) -> np.ndarray:
    """A copy of ``array`` with rows of zeros appended up to ``rows``."""
    return np.concatenate([array, np.zeros((rows - len(array), *array.shape[1:]), array.dtype)])
