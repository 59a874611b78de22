"""How the findings of a study are said, in figures and on pages. A row is one of ``findings.parquet``."""

import math

from analysis.inference.paired import Interval
from analysis.table_text import number

EFFECT, PLACEBO, GUARD = "effect", "placebo", "guard"
"""Roles of a row."""


def defined(row) -> bool:
    """Whether two seeds or more gave it an interval."""
    return math.isfinite(row.estimate)


def excludes_zero(row) -> bool:
    """Whether its interval lies on one side of 0."""
    return row.low > 0 or row.high < 0


def within_smallest(row) -> bool:
    """Whether the tests placed it within the smallest effect of interest."""
    return row.verdict == ("supported" if row.expected == "none" else "no effect")


def interval(row) -> Interval:
    """Its interval."""
    return Interval(row.estimate, row.low, row.high, 0.95, row.seeds, "t")


def effect(row) -> str:
    """Estimate and interval: +0.0041 [+0.003, +0.0052]."""
    return spell(interval(row), "+") if defined(row) else "not defined"


def crossed(row) -> str:
    """The dose of a row of ``crossings.parquet``, with its interval: 2,140 [1,300, >= 5,000]."""
    if not math.isfinite(row.estimate):
        return "not defined"

    def dose(value: float) -> str:
        return {row.first: "<= ", row.last: ">= "}.get(value, "") + number(value)

    return f"{dose(row.estimate)} [{dose(row.low)}, {dose(row.high)}]"


def spell(found: Interval, sign: str = "") -> str:
    """An interval: 0.0041 [0.003, 0.0052]; with the ``sign`` + where it is a difference."""
    low, high = number(found.low, sign), number(found.high, sign)
    return f"{number(found.estimate, sign)} [{low}, {high}]"
