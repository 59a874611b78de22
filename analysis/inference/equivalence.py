"""Tests for "no effect": whether a mean difference is shown to be smaller than anything of interest."""

import numpy as np
from statsmodels.stats.weightstats import ttost_paired

from analysis.errors import InputError
from analysis.inference.paired import sample


def equivalence(values, margin: float) -> float:
    """p-value of two one-sided t tests (TOST; Schuirmann 1987) of |mean of ``values``| >= ``margin``, values (n,).

    Small: the mean lies within (-margin, margin). Below α exactly where the 1 - 2α t interval lies within. Raises
    ``InputError`` where the margin is not positive.
    """
    if not margin > 0:
        raise InputError(f"a margin of {margin:g}; allowed is a positive one, the smallest effect of interest")
    values = sample(values)
    if np.ptp(values) == 0:
        return float(abs(values[0]) >= margin)
    return float(ttost_paired(values, np.zeros(len(values)), -margin, margin)[0])
