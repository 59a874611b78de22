"""Two groups compared within strata: Mantel and Haenszel's odds ratio and rate ratio, as logarithms."""

import math

import numpy as np


def log_odds_ratio(a, b, c, d) -> float:
    """log of Σ a·d/n / Σ b·c/n over strata, n = a + b + c + d (Mantel and Haenszel, JNCI 22, 1959).

    ``a`` successes and ``b`` failures of the first group, ``c`` and ``d`` of the second: (strata,) each, >= 0.
    NaN where either sum is 0.
    """
    return _log_ratio(a, b, c, d, a + b + c + d)


def log_rate_ratio(a, b, c, d) -> float:
    """log of Σ a·d/T / Σ c·b/T over strata, T = b + d (Rothman and Boice 1979).

    ``a`` events in the exposure ``b`` of the first group, ``c`` in ``d`` of the second: (strata,) each, >= 0.
    NaN where either sum is 0.
    """
    return _log_ratio(a, b, c, d, b + d)


def _log_ratio(a, b, c, d, size) -> float:
    size = np.where(size > 0, size, 1.0)
    ours, theirs = float((a * d / size).sum()), float((b * c / size).sum())
    return math.log(ours / theirs) if ours > 0.0 and theirs > 0.0 else math.nan
