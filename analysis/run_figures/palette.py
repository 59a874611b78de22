"""Colours that mean the same in every figure of a run."""

from analysis.style import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION, YELLOW

TIERS = {1: VERMILION, 2: ORANGE, 3: GREEN, 4: SKY, 5: BLUE}
"""Fifths of developers by wealth at arrival, from warm (poor) to cold (rich)."""

KINDS = {"refine": BLUE, "fork": SKY, "experiment": VERMILION, "harden": GREEN, "data": ORANGE}
"""Kinds of projects."""

ACTIVITIES = {
    **{kind: colour for kind, colour in KINDS.items() if kind != "fork"},  # hours of forking are hours of refining
    "cleanup": PURPLE,
    "study": YELLOW,
    "rehearse": "0.5",
    "wait": "0.82",
}
"""What hours are spent on: building first, then being trusted."""


def tier(number: int) -> str:
    """What a tier is called in a figure."""
    return {1: "1 poorest", 5: "5 richest"}.get(number, str(number))
