"""How numbers stand in tables of text."""


def interval(least: float, greatest: float) -> str:
    """The range of a measure: [0, 1], or (-∞, ∞)."""
    left = "(-∞" if least == -float("inf") else f"[{least:g}"
    return f"{left}, " + ("∞)" if greatest == float("inf") else f"{greatest:g}]")
