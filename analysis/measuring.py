"""Measures of many runs, or of many pairs of twins: a row each, computed part by part."""

from collections.abc import Iterable
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import pandas as pd

import analysis.measures  # noqa: F401  fills the registry
from analysis.columns import columns
from analysis.errors import InputError, nearest
from analysis.measure import MEASURES, TWIN_MEASURES, strict, value
from analysis.processes import spread
from analysis.run import Run
from analysis.store import Part, column_of, parts


@strict
def measured(run: Run, names: Iterable[str]) -> dict[str, float]:
    """The measures ``names`` of ``run``, keys of the summary among them."""
    return {name: value(run, name) for name in names}


def measure_store(folder: Path, names: list[str], workers: int = 1) -> pd.DataFrame:
    """The measures ``names`` of every run in the store ``folder``: a row a run, indexed by key, sorted.

    Memory is that of one part a worker. Raises ``InputError`` on an unknown measure or an unreadable store.
    """
    check(names)
    paths, work = parts(folder), partial(_part, names=names)
    alone = workers == 1 or len(paths) == 1
    found = map(work, paths) if alone else spread(work, paths, min(workers, len(paths)))
    return pd.concat(found).sort_index()


HELD = 4
"""Parts that `measure_twins` holds at a time: what it keeps in memory."""


@strict
def measure_twins(folders: Iterable[Path], pairs: Iterable[tuple[str, str]], names: list[str]) -> pd.DataFrame:
    """The measures of twins ``names`` of ``pairs``, the keys of a baseline and its twin: a row a pair, in their order.

    NaN where one of the two is in none of the stores ``folders``. Pairs are taken part by part, so memory is that of
    `HELD` parts. Raises ``InputError`` on an unreadable store, and where two are no twins.
    """
    pairs, paths = list(pairs), [path for folder in folders for path in parts(folder)]
    number = {key: i for i, path in enumerate(paths) for key in column_of(path, "key").to_pylist()}
    there = [i for i, pair in enumerate(pairs) if number.keys() >= {*pair}]

    def place(i: int) -> tuple[int, int]:
        first, second = (number[key] for key in pairs[i])
        return second, first if second % 2 else -first  # there and back again: the parts last read are wanted next

    part, found = lru_cache(HELD)(lambda i: Part(paths[i])), np.full((len(pairs), len(names)), np.nan)
    for i in sorted(there, key=place):
        runs = [part(number[key])[key] for key in pairs[i]]
        found[i] = [TWIN_MEASURES[name].of(*runs) for name in names]
    return pd.DataFrame(found, columns=names)


def check(names: Iterable[str]) -> None:
    """Raise ``InputError`` where a name is neither a measure's nor a key of the summary."""
    known = [*MEASURES, *columns("summary")]
    for name in names:
        if name not in known:
            raise InputError(f"{name}: no such measure{nearest(name, known)}; `turnstile list measures` shows them")


def _part(path: Path, names: list[str]) -> pd.DataFrame:
    rows = {key: measured(run, names) for key, run in Part(path).items()}
    return pd.DataFrame([*rows.values()], pd.Index(rows, name="key"), names)
