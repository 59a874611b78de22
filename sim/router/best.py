"""The probability of being the best of several models, from the posteriors of their success rates."""

import numpy as np
from scipy.special import betainc

_START = np.linspace(0.0, 1.0, 17)
_RISE = 1 / 32  # of H within a cell; the probabilities are then right to about .001
_HALVINGS = 50  # 2^-50 of a cell is below the spacing of floats: a posterior sharper than that is a step
_TINY = 1e-300  # whose logarithm is finite; far below it the best rate is never found


def chance_of_best(alpha, beta):
    """P(model i has the highest rate), the rates independent Beta(alpha, beta): (n,), summing to 1.

    With F_i the distribution function of rate i and H = Π F_i that of the highest, P_i = ∫ H d(log F_i). So what H
    rises by in a cell of rates goes to the models in proportion to the rises of their log F_i, which is exact where
    these are proportional to one another, and for models that are alike. Cells are halved until H rises little in each,
    so posteriors may be as sharp and as different as they like; n models take some 60·n evaluations of F.
    """
    rate, log_f = _START, _log_cdf(_START, alpha, beta)
    for _ in range(_HALVINGS):
        wide = np.flatnonzero(np.diff(_cdf_of_best(log_f)) > _RISE)
        if not len(wide):
            break
        middle = (rate[wide] + rate[wide + 1]) / 2
        rate = np.insert(rate, wide + 1, middle)
        log_f = np.insert(log_f, wide + 1, _log_cdf(middle, alpha, beta), axis=0)
    rises = np.diff(log_f, axis=0)
    total = rises.sum(axis=1)
    return (np.diff(_cdf_of_best(log_f)) / np.where(total > 0, total, 1.0)) @ rises


def _log_cdf(rate, alpha, beta):
    return np.log(np.maximum(betainc(alpha, beta, rate[:, None]), _TINY))


def _cdf_of_best(log_f):
    return np.exp(log_f.sum(axis=1))
