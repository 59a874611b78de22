"""What a study finds: each decisive measure judged over its seeds, beside its placebos and guards, from tables alone."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.inference.family import holm
from analysis.inference.finding import Verdict, claim_p, finding
from scenarios.study.decisive import AS_IT_IS, SIGNS, Decisive, World

ALPHA = 0.05
"""Level of every test of a study."""

EFFECT, PLACEBO, GUARD = "effect", "placebo", "guard"
"""Roles of a row of the findings."""


class Row(NamedTuple):
    """A row of ``findings.parquet``: a decisive measure in its own world, in a placebo or in a guard.

    ``number`` counts the decisive measures of the study from 0; ``world`` names the placebo or guard, and is empty for the
    effect itself; ``p_holm`` is corrected over the effects of the study; ``note`` says what could not be solved for.
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


@dataclass(frozen=True)
class _Sample:
    """The effects of the seeds of a decisive measure in one world, (seeds,), without those that are not defined."""

    role: str
    world: World
    values: np.ndarray

    @property
    def enough(self) -> bool:
        return len(self.values) >= 2


def decide(decisive: tuple[Decisive, ...], measures: pd.DataFrame, notes: Mapping[str, str]) -> pd.DataFrame:
    """The findings, as `Row`: of each decisive measure the effect, its placebos and its guards.

    ``measures`` as ``measures.parquet``: arm, guard, seed and each measure; ``notes``: guard → what is to be said of it.
    Seeds of which a run is missing or a measure is not defined are left out of the comparison that needs it.
    """
    samples = [_samples(each, measures) for each in decisive]
    raw = {str(i): _p(each, own) for i, (each, (own, *_)) in enumerate(zip(decisive, samples, strict=True))}
    corrected = holm(raw)
    rows = []
    for i, (each, (own, *others)) in enumerate(zip(decisive, samples, strict=True)):
        placebos = [other for other in others if other.role == PLACEBO]
        rows.append(_row(i, each, own, notes, placebos, corrected[str(i)]))
        rows += [_row(i, each, other, notes) for other in others]
    return pd.DataFrame(rows, columns=Row._fields)


def _samples(each: Decisive, measures: pd.DataFrame) -> list[_Sample]:
    worlds = [(EFFECT, World(AS_IT_IS, each.contrast))]
    worlds += [(PLACEBO, world) for world in each.placebos] + [(GUARD, world) for world in each.guards]
    return [_Sample(role, world, _effects(each, world, measures)) for role, world in worlds]


def _effects(each: Decisive, world: World, measures: pd.DataFrame) -> np.ndarray:
    held = measures[measures["guard"] == world.guard]
    values = held[each.measure] - held[each.minus] if each.minus else held[each.measure]
    by_arm = held.assign(value=values).pivot(index="seed", columns="arm", values="value")
    return world.contrast.effects(by_arm)


def _p(each: Decisive, sample: _Sample) -> float:
    return claim_p(sample.values, each.smallest, SIGNS[each.expected]) if sample.enough else math.nan


def _row(
    number: int,
    each: Decisive,
    sample: _Sample,
    notes: Mapping[str, str],
    placebos: list[_Sample] = (),
    p_holm: float = math.nan,
) -> Row:
    p, seeds = _p(each, sample), len(sample.values)
    verdict, why, estimate, low, high = Verdict.UNDECIDED, "", math.nan, math.nan, math.nan
    if sample.enough:
        corrected = p if math.isnan(p_holm) else p_holm
        with_values = [placebo.values for placebo in placebos if placebo.enough]
        found = finding(sample.values, each.smallest, SIGNS[each.expected], with_values, 1 - ALPHA, corrected)
        verdict, why, at = found.verdict, found.why, found.interval
        estimate, low, high = at.estimate, at.low, at.high
    lacking = [one for one in (sample, *placebos) if not one.enough]
    if lacking:
        verdict = Verdict.UNDECIDED
        why = f"{len(lacking[0].values)} seeds of {lacking[0].world.name or 'the effect'} have a defined value"
    own = "" if sample.role == EFFECT else sample.world.name
    return Row(
        number, sample.role, own, each.label, sample.world.contrast.words, each.expected, each.because, each.smallest,
        seeds, estimate, low, high, p, p_holm, str(verdict), why, notes.get(sample.world.guard, ""),
    )  # fmt: skip
