"""Crossings: at which dose an effect of a study changes its sign. They are reported, and decide nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.inference.crossing import crossing
from analysis.study import AS_IT_IS
from scenarios.study.arms import Arms
from scenarios.study.contrast import KEYS, Contrast, contrast
from scenarios.study.saying import Said


@dataclass(frozen=True)
class Crossing:
    """``measure``, what the doses are of, and the contrast of it at each dose, ascending."""

    measure: str
    over: str
    doses: dict[float, Contrast]


class CrossingRow(NamedTuple):
    """A row of ``crossings.parquet``: the dose at which the effect is 0, with its interval.

    An estimate or a bound at ``first`` or ``last``, the ends of the doses, lies there or beyond; null where fewer than
    two seeds define the effect at all doses.
    """

    measure: str
    over: str
    first: float
    last: float
    seeds: int
    estimate: float
    low: float
    high: float


def crossing_of(arms: Arms, said: Said, measure: Callable[[Said], str]) -> Crossing:
    """What ``said`` names; ``measure`` checks a name."""
    needed = ("measure", "over", "doses")
    found = said.keys(needed, needed)
    doses = found["doses"].mapping("doses, each with what is compared there")
    try:
        said_at = {float(dose): one for dose, one in doses.items()}
    except ValueError as error:
        raise found["doses"].wrong("allowed are numbers, each with what is compared there") from error
    if len(said_at) < 2:
        raise found["doses"].fault("allowed are two doses or more")
    held = {dose: contrast(arms, one, one.keys(KEYS)) for dose, one in sorted(said_at.items())}
    return Crossing(measure(found["measure"]), found["over"].text(), held)


def cross(crossings: Sequence[Crossing], measures: pd.DataFrame) -> pd.DataFrame:
    """A `CrossingRow` for each, from ``measures`` as ``measures.parquet``, by seeds that define it at all doses."""
    own, rows = measures[measures["guard"] == AS_IT_IS], []
    for each in crossings:
        values = own.pivot(index="seed", columns="arm", values=each.measure)
        used = sorted({arm for one in each.doses.values() for arm in one.weights})
        values = values.reindex(columns=used).dropna()
        found, ends = (np.nan,) * 3, (min(each.doses), max(each.doses))
        if len(values) >= 2:
            effects = np.column_stack([one.effects(values) for one in each.doses.values()])
            interval = crossing([*each.doses], effects)
            found = interval.estimate, interval.low, interval.high
        rows.append(CrossingRow(each.measure, each.over, *ends, len(values), *found))
    return pd.DataFrame(rows, columns=CrossingRow._fields)
