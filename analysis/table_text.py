"""How numbers stand in tables of text."""


def interval(least: float, greatest: float) -> str:
    """The range of a measure: [0, 1], or (-∞, ∞)."""
    left = "(-∞" if least == -float("inf") else f"[{least:g}"
    return f"{left}, " + ("∞)" if greatest == float("inf") else f"{greatest:g}]")


def number(value: float, sign: str = "") -> str:
    """Three significant digits, thousands apart; zero has no sign."""
    sign = sign if value else ""
    return f"{value:{sign},.0f}" if abs(value) >= 1000 else f"{value:{sign}.3g}"
