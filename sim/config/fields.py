"""What a key of the configuration may hold: a range and a unit, a choice, or any text."""

import math
from dataclasses import field


def number(doc: str, unit: str = "1", low: float = -math.inf, high: float = math.inf, above: float = -math.inf):
    """A key that holds a finite number in [low, high], and greater than ``above`` where that is given."""
    return field(metadata={"doc": doc, "unit": unit, "low": low, "high": high, "above": above})


def choice(doc: str, *allowed: str):
    """A key that holds one of a few words (a list key: any of them)."""
    return field(metadata={"doc": doc, "unit": "", "allowed": allowed})


def text(doc: str):
    """A key that holds any text."""
    return field(metadata={"doc": doc, "unit": ""})
