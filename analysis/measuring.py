"""Measures of many runs: one row a run, computed part by part, on several cores where that is wanted."""

from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pandas as pd

import analysis.measures  # noqa: F401  fills the registry
from analysis.columns import columns
from analysis.errors import InputError, nearest
from analysis.measure import MEASURES, value
from analysis.processes import deaf_children
from analysis.run import Run
from analysis.store import Part, parts


def measured(run: Run, names: Iterable[str]) -> dict[str, float]:
    """The measures ``names`` of ``run``, keys of the summary among them."""
    return {name: value(run, name) for name in names}


def measure_store(folder: Path, names: list[str], workers: int = 1) -> pd.DataFrame:
    """The measures ``names`` of every run in the store ``folder``: a row a run, indexed by key, sorted.

    Memory is that of one part a worker. Raises ``InputError`` on an unknown measure or an unreadable store.
    """
    check(names)
    paths, work = parts(folder), partial(_part, names=names)
    if workers == 1 or len(paths) == 1:
        found = list(map(work, paths))
    else:
        pool = ProcessPoolExecutor(min(workers, len(paths)), get_context("spawn"))
        try:
            with deaf_children():
                coming = pool.map(work, paths)
            found = list(coming)
        finally:
            pool.shutdown(cancel_futures=True)
    return pd.concat(found).sort_index()


def check(names: Iterable[str]) -> None:
    """Raise ``InputError`` where a name is neither a measure's nor a key of the summary."""
    known = [*MEASURES, *columns("summary")]
    for name in names:
        if name not in known:
            raise InputError(f"{name}: no such measure{nearest(name, known)}; `turnstile list measures` shows them")


def _part(path: Path, names: list[str]) -> pd.DataFrame:
    rows = {key: measured(run, names) for key, run in Part(path)}
    return pd.DataFrame.from_dict(rows, orient="index", columns=names).rename_axis("key")
