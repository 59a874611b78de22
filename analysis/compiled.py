"""How analysis compiles: a single pass over many rows, where numpy would need one for each step of it."""

from numba import njit


def compiled(function):
    """Compile ``function`` when it is first called, and keep that for the next process where a folder can be written.

    An index beyond an array is an ``IndexError``, as in Python: rows of a table may be anything.
    """
    options = {"error_model": "numpy", "boundscheck": True}
    try:
        return njit(cache=True, **options)(function)
    except RuntimeError:  # neither the folder of the source nor the home can be written
        return njit(**options)(function)
