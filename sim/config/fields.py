"""What a key of the configuration may hold: a range and a unit, a choice, or any text."""

import math
from dataclasses import field

LONG = 1e9
"""Largest time, in s or in days, and largest count: longer and more than any run can tell from never and from all."""


def number(
    doc: str,
    unit: str = "1",
    low: float = -math.inf,
    high: float = math.inf,
    above: float = -math.inf,
    below: float = math.inf,
):
    """A key that holds a finite number in [low, high], greater than ``above`` and less than ``below``."""
    return field(metadata={"doc": doc, "unit": unit, "low": low, "high": high, "above": above, "below": below})


def choice(doc: str, *allowed: str):
    """A key that holds one of a few words (a list key: any of them)."""
    return field(metadata={"doc": doc, "unit": "", "allowed": allowed})


def text(doc: str):
    """A key that holds any text."""
    return field(metadata={"doc": doc, "unit": ""})
