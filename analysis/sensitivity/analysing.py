"""From the values of a design's worlds to its tables: indices or signs, their convergence, and what seeds add."""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.errors import InputError
from analysis.sensitivity.morris import morris
from analysis.sensitivity.noise import noise_share
from analysis.sensitivity.signs import Signs, keeps, signs
from analysis.sensitivity.sobol import sobol
from analysis.sensitivity.tree import COLUMNS as NODE
from analysis.sensitivity.tree import tree

MORRIS, SOBOL, SIGNS = "morris", "sobol", "signs"

LEAST = {MORRIS: 2, SOBOL: 8, SIGNS: 10}
"""Blocks, or worlds of signs, without which nothing is said."""

SPREAD, INDICES, CONVERGENCE, SIGN_TABLE, TREE = "spread", "indices", "convergence", "signs", "tree"
"""Names of the tables."""

_HALVINGS = 3

_KEY = ("world", "block")


def analyse(
    method: str, worlds: pd.DataFrame, unit: np.ndarray, outputs: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Name → table. ``worlds``: world, block, and a column for each parameter, the dummy last; ``unit``: (worlds,
    parameters + 1), where these lie in their ranges; ``outputs``: output, world, replicate, value, with world 0 the
    constants as they are.

    A block in which a value is not finite is left out. Raises ``InputError`` on an output that too few have.
    """
    labels = list(dict.fromkeys(outputs["output"]))
    parts: dict[str, list[pd.DataFrame]] = {}
    for label in labels:
        own = outputs[outputs["output"] == label]
        for name, table in _one(method, worlds, unit, own, label):
            parts.setdefault(name, []).append(table.assign(output=label)[["output", *table.columns]])
    return {name: pd.concat(held, ignore_index=True) for name, held in parts.items()}


def _one(
    method: str, worlds: pd.DataFrame, unit: np.ndarray, own: pd.DataFrame, label: str
) -> Iterator[tuple[str, pd.DataFrame]]:
    """The tables of one output."""
    names = [column for column in worlds if column not in _KEY]
    values = own[own["world"] > 0].pivot(index="world", columns="replicate", values="value")
    values = values.reindex(worlds["world"]).to_numpy(float)
    width = len(worlds) // worlds["block"].nunique()
    cube = values.reshape(-1, width, values.shape[1])
    whole = np.isfinite(cube).all((1, 2))
    if whole.sum() < LEAST[method]:
        finite = int(np.isfinite(values).all(1).sum())
        blocks = f"; of {len(whole)} blocks of {width} that are compared, {whole.sum()} are whole" if width > 1 else ""
        raise InputError(f"{label}: finite in {finite} of {len(values)} worlds{blocks}; allowed are at least "
                         f"{LEAST[method]}")  # fmt: skip
    cube = cube[whole]
    flat = cube.reshape(-1, values.shape[1])
    said = (len(flat), len(values) - len(flat), flat.mean(), flat.mean(1).std(ddof=1), noise_share(flat))
    yield SPREAD, pd.DataFrame([said], columns=["worlds", "left_out", "mean", "sd", "noise_share"])
    if method == SIGNS:
        there = own.loc[own["world"] == 0, "value"].to_numpy(float)
        yield from _signs(worlds.loc[whole, names], there[np.isfinite(there)], flat, label)
        return
    places, held = unit.reshape(-1, width, len(names))[whole], []
    for size in _prefixes(len(cube), LEAST[method]):
        found = morris(places[:size], cube[:size], names) if method == MORRIS else sobol(cube[:size], names)
        held.append(found.assign(worlds=size * width))
    yield INDICES, found
    yield CONVERGENCE, pd.concat(held)[["worlds", *found.columns]]


def _signs(
    parameters: pd.DataFrame, there: np.ndarray, flat: np.ndarray, label: str
) -> Iterator[tuple[str, pd.DataFrame]]:
    if len(there) < 2:
        seeds = f"finite in {len(there)} seeds of the constants as they are"
        raise InputError(f"{label}: {seeds}; allowed are two or more")
    found = signs(there, flat)
    grown = tree(parameters, keeps(found.sign, flat.mean(1)))
    row = pd.DataFrame([(*found, grown.accuracy, grown.p)], columns=[*Signs._fields, "accuracy", "p"])
    yield SIGN_TABLE, row
    yield TREE, grown.nodes[list(NODE)]
    columns = ["worlds", "share", "share_low", "share_high"]
    prefixes = [signs(there, flat[:size]) for size in _prefixes(len(flat), LEAST[SIGNS])]
    yield CONVERGENCE, pd.DataFrame([[getattr(one, name) for name in columns] for one in prefixes], columns=columns)


def _prefixes(blocks: int, least: int) -> Iterator[int]:
    """An eighth of the design, a quarter, a half and all of it, where these are enough."""
    for halvings in range(_HALVINGS, -1, -1):
        size = math.ceil(blocks / 2**halvings)
        if size >= least or halvings == 0:
            yield size
