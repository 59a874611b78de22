"""What a study finds: each decisive measure judged over its seeds, beside its placebos and guards."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.inference.family import holm
from analysis.inference.finding import Standing, Verdict, claim_p, finding, standing
from analysis.inference.paired import Interval, t_interval
from analysis.study import AS_IT_IS
from analysis.study_words import EFFECT, GUARD, PLACEBO
from scenarios.study.decisive import SIGNS, Decisive, World

ALPHA = 0.05
"""Level of every test of a study."""

Notes = Mapping[tuple[str, str], str]
"""(guard, arm) → what is to be said of it beside a finding."""


class Row(NamedTuple):
    """A row of ``findings.parquet``: a decisive measure in its own world, in a placebo or in a guard.

    ``number`` counts the decisive measures from 0; ``world`` names the placebo or guard, and is empty for the effect;
    ``p_holm`` is corrected over the effects of the study; ``note`` says what could not be solved for, and of
    an effect that is supported or reversed in which placebos it is unclear whether it vanishes. ``standing`` is the
    verdict, and of a placebo whether the effect vanishes there; ``beyond``, with its ends, what the effect is more than
    the placebo's, which is what its mechanism does (NaN but for placebos).
    """

    number: int
    role: str
    world: str
    measure: str
    contrast: str
    expected: str
    because: str
    smallest: float
    seeds: int
    estimate: float
    low: float
    high: float
    p: float
    p_holm: float
    verdict: str
    why: str
    note: str
    standing: str
    beyond: float
    beyond_low: float
    beyond_high: float


@dataclass(frozen=True)
class _Sample:
    """The effects of a decisive measure in one world, ``effects`` by seed, without seeds in which it is not defined."""

    role: str
    world: World
    effects: pd.Series

    @property
    def values(self) -> np.ndarray:
        """(seeds,)."""
        return self.effects.to_numpy()

    @property
    def enough(self) -> bool:
        return len(self.values) >= 2

    @property
    def interval(self) -> Interval | None:
        """Of the mean; None where too few seeds define it."""
        return t_interval(self.values, 1 - ALPHA) if self.enough else None

    def standing(self, own: "_Sample", smallest: float) -> Standing:
        """What becomes of the effect of ``own`` here, in a placebo."""
        return standing(self.values, own.interval, smallest, 1 - ALPHA) if self.enough else Standing.UNCLEAR

    @property
    def name(self) -> str:
        return "" if self.role == EFFECT else self.world.name


def decide(decisive: Sequence[Decisive], measures: pd.DataFrame, notes: Notes) -> pd.DataFrame:
    """The findings, as `Row`: of each decisive measure the effect, its placebos and its guards.

    ``measures`` as ``measures.parquet``: arm, guard, seed, each measure. Seeds of which a run is missing, or in which a
    measure is not defined, are left out of the comparison that needs it.
    """
    samples = [_samples(each, measures) for each in decisive]
    corrected = holm({f"{i}": _p(each, own) for i, (each, (own, *_)) in enumerate(zip(decisive, samples, strict=True))})
    rows = []
    for i, (each, (own, *others)) in enumerate(zip(decisive, samples, strict=True)):
        placebos = [other for other in others if other.role == PLACEBO]
        rows.append(_row(i, each, own, notes, corrected[f"{i}"], placebos))
        rows += [_row(i, each, other, notes, own=own) for other in others]
    return pd.DataFrame(rows, columns=Row._fields)


def _samples(each: Decisive, measures: pd.DataFrame) -> list[_Sample]:
    """That of the effect first."""
    worlds = [(EFFECT, World(AS_IT_IS, each.contrast))]
    worlds += [(PLACEBO, world) for world in each.placebos] + [(GUARD, world) for world in each.guards]
    return [_Sample(role, world, _effects(each, world, measures)) for role, world in worlds]


def _effects(each: Decisive, world: World, measures: pd.DataFrame) -> pd.Series:
    held = measures[measures["guard"] == world.guard]
    values = held[each.measure] - held[each.minus] if each.minus else held[each.measure]
    return world.contrast.of(held.assign(value=values).pivot(index="seed", columns="arm", values="value")).dropna()


def _p(each: Decisive, sample: _Sample) -> float:
    return claim_p(sample.values, each.smallest, SIGNS[each.expected]) if sample.enough else math.nan


def _row(
    number: int,
    each: Decisive,
    sample: _Sample,
    notes: Notes,
    p_holm: float = math.nan,
    placebos: Sequence[_Sample] = (),
    own: _Sample | None = None,
) -> Row:
    estimate = low = high = math.nan
    verdict, p = Verdict.UNDECIDED, _p(each, sample)
    lacking = [one for one in (sample, *placebos) if not one.enough]
    why = "; ".join(f"defined in {len(one.values)} seeds{one.name and f' of {one.name}'}" for one in lacking)
    if sample.enough:
        corrected, off = p if math.isnan(p_holm) else p_holm, [one.values for one in placebos if one.enough]
        found = finding(sample.values, each.smallest, SIGNS[each.expected], off, 1 - ALPHA, corrected)
        estimate, low, high = found.interval.estimate, found.interval.low, found.interval.high
        if not lacking:
            verdict, why = found.verdict, found.why
    guard, contrast = sample.world.guard, sample.world.contrast
    said = [notes[guard, arm] for arm in contrast.weights if (guard, arm) in notes]
    if each.expected != "none" and verdict in (Verdict.SUPPORTED, Verdict.REVERSED):
        held = zip(placebos, found.placebos, strict=True)
        said += [f"it is unclear whether it vanishes in {one.name}" for one, stood in held if stood == Standing.UNCLEAR]
    return Row(
        number, sample.role, sample.name, each.label, contrast.words, each.expected, each.because, each.smallest,
        len(sample.values), estimate, low, high, p, p_holm, str(verdict), why, "; ".join(said),
        str(sample.standing(own, each.smallest) if sample.role == PLACEBO else verdict),
        *(_beyond(own, sample) if sample.role == PLACEBO else _NOT_DEFINED),
    )  # fmt: skip


_NOT_DEFINED = (math.nan,) * 3


def _beyond(own: _Sample, placebo: _Sample) -> tuple[float, float, float]:
    """Estimate, low and high of the effect less the placebo's, seed by seed."""
    more = (own.effects - placebo.effects).dropna()
    if len(more) < 2:
        return _NOT_DEFINED
    found = t_interval(more.to_numpy(), 1 - ALPHA)
    return found.estimate, found.low, found.high
