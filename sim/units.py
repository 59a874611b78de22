"""Units that several floors share."""

DAY_S = 86400.0
"""s in a day."""
