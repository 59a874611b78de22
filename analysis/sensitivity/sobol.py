"""Sobol indices of the mean over seeds, by SALib's estimators, without the part that the seeds themselves have."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.sensitivity.noise import own_variance

RESAMPLES = 1000

FIRST, TOTAL = "S1", "ST"


def sobol(values: np.ndarray, names: Sequence[str]) -> pd.DataFrame:
    """S1 and ST of each of ``names``, the dummy last, with 95 % percentile intervals: parameter, index, estimate, low,
    high. NaN where, in any resample, seeds explain all that varies.

    ``values``: (blocks, parameters + 2, seeds), finite; the rows of a block are A, AB of each parameter, and B of
    Saltelli et al. (Comput. Phys. Commun. 181, 2010). A row shares its seeds with A, but for B and the dummy's: B's.

    Estimates are SALib's of the means over seeds, less what luck adds in expectation: to the variance, the variance of
    a mean; to the square of a difference, that of the difference, seed by seed where they are shared; and to the
    product of B and the dummy's row, their covariance. Blocks are resampled, with what is taken off.
    """
    from SALib.analyze.sobol import first_order, total_order

    blocks = len(values)
    picks = np.random.default_rng(1).integers(blocks, size=(blocks, RESAMPLES + 1))
    picks[:, 0] = np.arange(blocks)  # the estimate itself
    mean = values.mean(2)
    scale = np.std(mean[:, [0, -1]])
    if scale == 0:
        return _frame(names, np.full((RESAMPLES + 1, len(names), 2), np.nan))
    values = (values - mean[:, [0, -1]].mean()) / scale
    a, ab, b = values[:, 0], values[:, 1:-1], values[:, -1]
    ends = [one.mean(1)[picks] for one in (a, b)]
    variance = np.var(np.r_[tuple(ends)], axis=0)
    luck = (own_variance(a) + own_variance(b))[picks].mean(0) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        real = np.where(variance > luck, variance - luck, np.nan)
        found = np.empty((RESAMPLES + 1, len(names), 2))
        for i in range(len(names)):
            row, dummy = ab[:, i], i == len(names) - 1
            shared = own_variance(row, b) if dummy else 0 * own_variance(row)
            apart = own_variance(a) + own_variance(row) if dummy else own_variance(a - row)
            means = row.mean(1)[picks]
            found[:, i, 0] = first_order(ends[0], means, ends[1]) * variance - shared[picks].mean(0)
            found[:, i, 1] = total_order(ends[0], means, ends[1]) * variance - apart[picks].mean(0) / 2
        return _frame(names, np.round(found / real[:, None, None], 12) + 0.0)  # what is zero but for rounding is zero


def _frame(names: Sequence[str], found: np.ndarray) -> pd.DataFrame:
    if np.isnan(found).any():
        found = np.full_like(found, np.nan)
    low, high = np.quantile(found[1:], [0.025, 0.975], axis=0)
    rows = [
        (name, index, found[0, i, j], low[i, j], high[i, j])
        for i, name in enumerate(names)
        for j, index in enumerate((FIRST, TOTAL))
    ]
    return pd.DataFrame(rows, columns=["parameter", "index", "estimate", "low", "high"])
