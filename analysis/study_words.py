"""How the findings of a study are said, in figures and on pages."""

import math

from analysis.study import unit

EFFECT, PLACEBO, GUARD = "effect", "placebo", "guard"
"""Roles of a row of the findings."""


def excludes_zero(row) -> bool:
    """Whether the interval of a row of the findings lies on one side of 0."""
    return row.low > 0 or row.high < 0


def within_smallest(row) -> bool:
    """Whether the tests placed it within the smallest effect of interest."""
    return row.verdict == ("supported" if row.expected == "none" else "no effect")


def standing(row) -> str:
    """The verdict; of a placebo whether the effect vanishes there."""
    if row.role != PLACEBO:
        return row.verdict
    if within_smallest(row):
        return "vanishes"
    return "stays" if excludes_zero(row) else "unclear"


def contrast_unit(row) -> str:
    """The unit of an effect: that of its measure, of a slope for each unit of the factor."""
    own = unit(row.measure)
    return f"{own} {slope}".strip() if (slope := _slope(row.contrast)) else own


def _slope(contrast: str) -> str:
    """``per unit of FACTOR`` where the contrast is a slope."""
    inner = contrast.lstrip("(")
    return inner.partition(" at ")[0].partition(")")[0] if inner.startswith("per unit of ") else ""


def number(value: float, signed: bool = False) -> str:
    """Three significant digits, thousands apart; a dash where it is not defined."""
    if not math.isfinite(value):
        return "-"
    sign = "+" if signed and value > 0 else ""
    return sign + (f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}")


def interval(row, signed: bool = True) -> str:
    """Estimate and interval of a row: +0.0041 [+0.003, +0.0052]."""
    if not math.isfinite(row.estimate):
        return "not defined"
    low, high = number(row.low, signed), number(row.high, signed)
    return f"{number(row.estimate, signed)} [{low}, {high}]"
