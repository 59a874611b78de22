"""What analysis compiles behaves as the same lines of Python would."""

import numpy as np
import pytest

import analysis.compiled


def last(values, at):
    return values[at]


def test_an_index_beyond_an_array_is_an_error():
    found = analysis.compiled.compiled(last)
    assert found(np.arange(3.0), 2) == 2
    with pytest.raises(IndexError):
        found(np.arange(3.0), 3)


def test_a_machine_without_a_folder_to_write_to_compiles_anew(monkeypatch):
    def njit(cache=False, **options):
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return real(**options)

    real = analysis.compiled.njit
    monkeypatch.setattr(analysis.compiled, "njit", njit)
    assert analysis.compiled.compiled(last)(np.arange(3.0), 1) == 1
