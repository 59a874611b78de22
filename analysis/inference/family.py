"""A family of measures tested together: Holm's correction, which keeps the chance of any false claim at its level."""

from collections.abc import Mapping

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests

from analysis.errors import InputError
from analysis.inference.paired import sample


def p_value(values) -> float:
    """Two-sided p-value of Student's paired t test that the mean of ``values`` (n,) is 0."""
    values = sample(values)
    if np.ptp(values) == 0:
        return float(values[0] == 0)
    return float(stats.ttest_1samp(values, 0.0).pvalue)


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Name → p-value adjusted over the family (Holm, Scand. J. Stat. 6, 1979). NaN stays NaN and is not counted.

    Raises ``InputError`` where one is not between 0 and 1.
    """
    for name, p in p_values.items():
        if not (0 <= p <= 1 or np.isnan(p)):
            raise InputError(f"{name}: a p-value of {p:g}; allowed are 0 to 1, and NaN")
    known = {name: p for name, p in p_values.items() if not np.isnan(p)}
    adjusted = multipletests(list(known.values()), method="holm")[1] if known else ()
    return dict.fromkeys(p_values, float("nan")) | dict(zip(known, map(float, adjusted), strict=True))
