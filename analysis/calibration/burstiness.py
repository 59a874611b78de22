"""Counts of a Cox process in windows: measured, and in theory.

The intensity is λ(t) = rate·exp(X(t))/E[exp X], X a sum of independent stationary Ornstein-Uhlenbeck components of sd
σ_i and relaxation time τ_i:

    cov(u) = Cov(λ(t), λ(t+u))/rate² = exp(Σ σ_i² e^(-u/τ_i)) - 1
    Var N(w) = rate·w + 2 rate² ∫₀ʷ (w-u) cov(u) du            N(w): arrivals in a window of w s

(Cox and Isham, Point Processes, 1980, ch. 3; the log-Gaussian moments are Møller, Syversveen and Waagepetersen's,
Scand. J. Statist. 25, 1998.) A record of n windows is measured around its own mean, not the process's, and so shows
too little of what is slower than itself; theory is given the same treatment:

    E[sample variance] = Var N(w) - Var N(nw)/n²               (divisor n; likewise the lag-1 covariance)
"""

import numpy as np
from scipy.fft import next_fast_len

LAG_WINDOW_S = 10.0
"""Bin of the lag-1 autocorrelation, in s."""


def counts(arrivals: np.ndarray, window: float) -> np.ndarray:
    """Arrivals in each whole window of ``window`` s from the first arrival on."""
    whole = int((arrivals[-1] - arrivals[0]) // window)
    return np.bincount(((arrivals - arrivals[0]) // window).astype(np.int64), minlength=whole)[:whole]


def dispersion(n: np.ndarray) -> float:
    """Index of dispersion of counts: variance over mean; 1 for a Poisson process."""
    return float(n.var() / n.mean())


def autocorrelation(n: np.ndarray, lags: int) -> np.ndarray:
    """Sample autocorrelations at lag 1 .. ``lags``; zero where the counts do not vary."""
    x = n - n.mean()
    power = x @ x
    if not power:
        return np.zeros(lags)
    padded = next_fast_len(n.size + lags, real=True)
    return np.fft.irfft(np.abs(np.fft.rfft(x, padded)) ** 2, padded)[1 : lags + 1] / power


def measured(arrivals: np.ndarray, windows) -> np.ndarray:
    """IDC in each of ``windows`` (s), then the lag-1 autocorrelation of bins of ``LAG_WINDOW_S``."""
    idc = [dispersion(counts(arrivals, w)) for w in windows]
    return np.array([*idc, autocorrelation(counts(arrivals, LAG_WINDOW_S), 1)[0]])


def expected(rate: float, sigma, tau_s, windows, span: float) -> np.ndarray:
    """What ``measured`` shows on average (to first order in 1/n) in a record of ``span`` s of the process."""
    variance = _window_variance(rate, np.asarray(sigma, float), np.asarray(tau_s, float), span)
    idc = []
    for w in windows:
        n = span // w
        idc.append((variance(w) - variance(n * w) / n**2) / (rate * w))
    w, n = LAG_WINDOW_S, span // LAG_WINDOW_S
    of_mean = variance(n * w) / n**2
    lag_one = variance(2 * w) / 2 - variance(w)  # Var N(2w) = 2 Var N(w) + 2 Cov(N, N')
    return np.array([*idc, (lag_one - of_mean) / (variance(w) - of_mean)])


def _window_variance(rate, sigma, tau_s, span):
    """The function w -> Var N(w), for 0 <= w <= span."""
    u = np.concatenate([[0.0], np.geomspace(1e-3, max(span, 1.0), 3000)])
    cov = np.expm1((sigma[:, None] ** 2 * np.exp(-u / tau_s[:, None])).sum(axis=0))
    whole = _integral(u, cov)
    first_moment = _integral(u, u * cov)

    def variance(w):
        return rate * w + 2 * rate**2 * (w * np.interp(w, u, whole) - np.interp(w, u, first_moment))

    return variance


def _integral(x, y):
    return np.concatenate([[0.0], np.cumsum(np.diff(x) * (y[1:] + y[:-1]) / 2)])
