"""What would change a finding: the guards and placebos beside it, the smallest effect of interest, more seeds."""

import math
from collections.abc import Iterator

import pandas as pd

from analysis.inference.finding import Standing
from analysis.inference.paired import Interval
from analysis.inference.seeds import seeds_after
from analysis.study_words import (
    EFFECT,
    PLACEBO,
    defined,
    effect,
    excludes_zero,
    interval,
    spell,
    within_smallest,
)
from analysis.table_text import number

_PLACEBO = {
    Standing.VANISHES: "the effect vanishes, as it should where the mechanism is off",
    Standing.STAYS: "it is there although the mechanism is off, so an effect would not be the mechanism's alone",
    Standing.TURNS: "where the mechanism is off it goes the other way, so that cannot be what makes the effect",
    Standing.UNCLEAR: "neither 0 nor an effect of interest is excluded",
}
_STILL = "0 in every seed; nothing moves it there, so this shows that the mechanism is off, and excludes no rival"


def changing(rows: pd.DataFrame, seeds: int) -> Iterator[str]:
    """A sentence for each thing that bears on the finding that the rows of one decisive measure make, of a study with
    so many ``seeds``."""
    own, others = None, []
    for row in rows.itertuples():
        if row.role == EFFECT:
            own = row
        else:
            others.append(row)
    if not defined(own):
        yield f"It is not judged: {own.why}."
        return
    yield _size(own)
    if own.seeds < seeds:
        yield f"It has a value in {own.seeds} of {seeds} seeds, and says nothing of the others."
    for row in others:
        yield _placebo(row) if row.role == PLACEBO else _guard(row, own)
    if own.verdict == "undecided":
        yield _deciding(own, any(row.role == PLACEBO and row.standing == Standing.STAYS for row in others), seeds)


def _size(row) -> str:
    smallest, far = number(row.smallest), max(abs(row.low), abs(row.high))
    if row.low == row.high:
        return f"It is {number(row.estimate)} in every seed, so how far it may scatter is not known."
    if within_smallest(row):
        return f"An effect of {smallest} or more is excluded by two one-sided tests."
    if far < row.smallest:
        return f"The interval lies within the smallest effect of interest, {smallest}."
    near = min(abs(row.low), abs(row.high)) if excludes_zero(row) else 0.0
    if near >= row.smallest:
        return f"The whole interval lies beyond the smallest effect of interest, {smallest}."
    return f"The interval holds effects beyond the smallest of interest, {smallest}, and effects below it."


def _placebo(row) -> str:
    if not defined(row):
        return f"Placebo {_code(row.world)}: not judged, {row.why}."
    if row.low == row.high == 0:
        return f"Placebo {_code(row.world)}: {_STILL}."
    said = f"Placebo {_code(row.world)}: {effect(row)}; {_PLACEBO[row.standing]}."
    if math.isnan(row.beyond):
        return said
    more = Interval(row.beyond, row.beyond_low, row.beyond_high, 0.95, row.seeds, "t")
    return f"{said} With the mechanism less without it: {spell(more, '+')}."


def _guard(row, own) -> str:
    if not defined(row):
        return f"Guard {_code(row.world)}: not judged, {row.why}."
    turned = excludes_zero(row) and excludes_zero(own) and row.estimate * own.estimate < 0
    said = "the sign turns, and the verdict" if turned else "the verdict"
    verdict = "is the same" if row.verdict == own.verdict else f"is {row.verdict}"
    note = f"; {row.note}" if row.note else ""
    return f"Guard {_code(row.world)}: {effect(row)}; {said} {verdict}{note}."


def _deciding(own, stays: bool, asked: int) -> str:
    """An interval half as wide as the smallest effect either excludes 0 or shows that the effect is smaller."""
    if excludes_zero(own) and stays:
        return "More seeds would not decide it as long as the effect stays in a placebo."
    if excludes_zero(own):
        return "By itself the interval excludes 0; corrected over the decisive measures of the study, it may be chance."
    seeds, half = seeds_after(interval(own), own.smallest / 2), number(own.smallest / 2)
    which = " in which it has a value" if own.seeds < asked else ""
    return f"Seeds{which} that would decide it, as they scatter now: {seeds:,}, for an interval of ±{half}."


def _code(name: str) -> str:
    return f"`{name}`"
