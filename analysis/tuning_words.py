"""How what a tuning found is worded, on a terminal and on its page."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.study_words import number


def spelled(row) -> str:
    """Estimate and interval of a row; ``not defined`` where it has none."""
    if row.estimate != row.estimate:
        return "not defined"
    return f"{number(row.estimate)} [{number(row.low)}, {number(row.high)}]"


def verdict_in_words(rows: pd.DataFrame) -> str:
    """``gains 0.012 success_rate [0.004, 0.02]; gives up …`` of the rows of one setting; of the default nothing."""
    said = []
    for row in rows.itertuples():
        if row.verdict in ("gains", "gives up"):
            sign = 1 if row.verdict == "gains" else -1
            low, high = sorted((sign * row.gain_low, sign * row.gain_high))
            said.append(f"{row.verdict} {number(sign * row.gain)} {row.measure} [{number(low)}, {number(high)}]")
        elif row.verdict:
            said.append(f"{row.verdict} in {row.measure}: {number(row.gain)} [{number(row.gain_low)}, "
                        f"{number(row.gain_high)}]")  # fmt: skip
    return "; ".join(said)


def setting_in_words(row: Mapping, levers: Sequence[str]) -> str:
    """The levers of a setting, as overrides say them."""
    held = ((key, row[key]) for key in levers if row[key] is not None and row[key] == row[key])
    return " ".join(f"{key}={value:.4g}" if isinstance(value, float) else f"{key}={value}" for key, value in held)
