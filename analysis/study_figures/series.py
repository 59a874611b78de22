"""What a figure of a study draws: values by seed of an arm, or of the arms that share a level, and their intervals."""

import re
from collections.abc import Callable, Iterable

import numpy as np

from analysis.errors import InputError
from analysis.inference.paired import t_interval
from analysis.run import Run
from analysis.store import Part, parts
from analysis.study import Study

MOST = 8
"""More arms than this cannot be told apart; of more, those that share a level of the first factor are drawn as one."""

Lines = dict[str, list[str]]
"""Label → the arms whose mean it is."""


def split(study: Study, by: str | None) -> str | None:
    """The factor whose levels are drawn: ``by``; without it none, or the first where there are too many arms."""
    return by or (study.factors[0] if study.factors and len(study.arms) > MOST else None)


def lines(study: Study, factor: str | None) -> Lines:
    """One line for each level of ``factor``; without it one for each arm."""
    if factor is None:
        return {arm: [arm] for arm in study.arms}
    found: Lines = {}
    for arm, level in zip(study.arms, study.own.drop_duplicates("arm")[factor], strict=True):
        found.setdefault(f"{factor}={level:g}" if isinstance(level, float) else f"{factor}={level}", []).append(arm)
    return found


def measured(study: Study, measure: str, arms: Iterable[str]) -> np.ndarray:
    """The mean of a measure over ``arms`` in each seed: (seeds,), NaN where a run of the seed lacks it."""
    if measure not in study.own:
        raise InputError(f"{study.folder / 'measures.parquet'}: has no column {measure!r}: it is another study's")
    held = study.own[study.own["arm"].isin(list(arms))]
    return held.pivot(index="seed", columns="arm", values=measure).mean(axis=1, skipna=False).to_numpy(float)


def over_runs(study: Study, drawn: Lines, values: Callable[[Run], np.ndarray]) -> dict[str, np.ndarray]:
    """``values(run)``, (k,), of the runs in the world as it is: label → mean over its arms by seed, (seeds, k).

    The store is read part by part, so memory is that of a part and of one number a seed, line and k. NaN: not defined,
    or a run is missing; a label of which every seed lacks one is left out. Raises ``InputError`` where k differs.
    """
    own = study.own
    seeds = {seed: i for i, seed in enumerate(sorted(own["seed"].unique()))}
    label = {arm: name for name, arms in drawn.items() for arm in arms}
    wanted: dict[str, list[tuple[str, int]]] = {}
    for arm, seed, key in zip(own["arm"], own["seed"], own["key"], strict=True):
        if arm in label:
            wanted.setdefault(key, []).append((label[arm], seeds[seed]))
    sums: dict[str, np.ndarray] = {}
    seen = {name: np.zeros(len(seeds), int) for name in drawn}
    for path in parts(study.folder):
        part = Part(path)
        for key in part:
            for name, i in wanted.get(key, ()):
                run = part[key]
                each = values(run)
                if name not in sums:
                    sums[name] = np.zeros((len(seeds), len(each)))
                if sums[name].shape[1] != len(each):
                    raise InputError(f"{run.where}: {len(each)} values where other runs have {sums[name].shape[1]}")
                sums[name][i] += each
                seen[name][i] += 1
    found = {}
    for name, arms in drawn.items():
        whole = seen[name] == len(arms)
        if whole.any():
            found[name] = sums[name]
            found[name] /= len(arms)  # in its place: of many measures it is large
            found[name][~whole] = np.nan
    return found


def band(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean over seeds of each column of ``values`` (seeds, k), and the ends of its 95 % t interval: (k,) each.

    NaN where fewer than two seeds have a value.
    """
    found = np.full((3, values.shape[1]), np.nan)
    for j, column in enumerate(values.T):
        if np.isfinite(column).sum() >= 2:
            interval = t_interval(column)
            found[:, j] = interval.estimate, interval.low, interval.high
    return found[0], found[1], found[2]


def fold(text: str, width: int) -> str:
    """``text`` in lines of at most ``width`` characters, broken behind blanks, commas and underscores where it can."""
    rows = [""]
    for piece in re.findall(r"[^ ,_]*[ ,_]?", text):
        if rows[-1] and len(rows[-1]) + len(piece.rstrip()) > width:
            rows.append("")
        rows[-1] += piece
    return "\n".join(row.rstrip() for row in rows)
