"""How the vector of ``burstiness.measured`` scatters from record to record, by simulating counts of the process.

Windows of one record share its slow drift, so its IDCs rise and fall together: only their joint scatter says whether
a fitted process could have made them. It is taken in ``excess`` form, in which the drift shifts all of them alike; in
the IDCs themselves, or their logs, the relation is curved and would pass for noise.
"""

import numpy as np
from scipy.signal import lfilter

from analysis.calibration.burstiness import LAG_WINDOW_S

STEP_S = 0.5
MOST_DRAWS = 4_000_000
MOST_REPLICATES = 300
LONGEST_RECORD = 20  # in longest windows; a longer record scatters less, in proportion


def scatter(rate: float, sigma, tau_s, windows, span: float) -> tuple[np.ndarray, np.ndarray]:
    """Mean (k,) and covariance (k, k) of the ``excess`` vector of a record of ``span`` s.

    The covariance is inflated so that its inverse is unbiased (Hartlap, Simon and Schneider, A&A 464, 2007).
    """
    length = min(span, LONGEST_RECORD * max(windows))
    vectors = excess(_measured(_counts(rate, sigma, tau_s, length), windows), windows, rate)
    n, k = vectors.shape
    return vectors.mean(axis=0), np.cov(vectors.T) * (n - 1) / (n - k - 2) * length / span


def excess(vector: np.ndarray, windows, rate: float) -> np.ndarray:
    """The vector (IDCs, lag-1 autocorrelation) as mean autocovariances of the relative rate; last axis.

    (IDC(w) - 1)/(rate·w) averages cov(u) over the window, weighing lags u by 1 - u/w; the autocorrelation times
    the relative variance of its bins is cov between neighbours. Where its window is not among ``windows``: NaN.
    """
    w = np.asarray(windows)
    bins = [i for i, window in enumerate(windows) if window == LAG_WINDOW_S]
    between = vector[..., -1:] * (vector[..., bins] / (rate * LAG_WINDOW_S) if bins else np.nan)
    return np.concatenate([(vector[..., :-1] - 1) / (rate * w), between], axis=-1)


def _counts(rate, sigma, tau_s, length) -> np.ndarray:
    """Counts (replicates, bins of STEP_S): the log-rate is held for one bin."""
    bins = int(length // STEP_S)
    replicates = int(np.clip(MOST_DRAWS // bins, 60, MOST_REPLICATES))
    rng = np.random.default_rng(1)
    log_rate = np.zeros((bins, replicates))
    for s, tau in zip(sigma, tau_s, strict=True):
        rho = np.exp(-STEP_S / tau)
        x = rng.standard_normal((bins, replicates))
        x[1:] *= np.sqrt(1 - rho**2)
        log_rate += s * lfilter([1.0], [1.0, -rho], x, axis=0) - s * s / 2
    return rng.poisson(rate * STEP_S * np.exp(log_rate)).T


def _measured(bins: np.ndarray, windows) -> np.ndarray:
    def windowed(w):
        size = round(w / STEP_S)
        whole = bins.shape[1] // size
        return bins[:, : whole * size].reshape(len(bins), whole, size).sum(axis=2)

    idc = [(n := windowed(w)).var(axis=1) / np.maximum(n.mean(axis=1), 1e-9) for w in windows]
    x = windowed(LAG_WINDOW_S)
    x = x - x.mean(axis=1, keepdims=True)
    lag_one = (x[:, 1:] * x[:, :-1]).sum(axis=1) / np.maximum((x * x).sum(axis=1), 1e-9)
    return np.stack([*idc, lag_one], axis=1)
