"""Fits the drifting log-rate of demand to arrivals, by the moments of ``burstiness``.

The vector (log IDC at several windows, lag-1 autocorrelation of 10 s bins) is matched to theory by least squares, each
part weighed by its own standard error (Bartlett's, for variances of correlated counts). Components of the log-rate are
added, from none to ``MOST_COMPONENTS``, until the vector lies inside the fitted process's own joint scatter at
``LEVEL``. Two span what a trace of an hour can tell apart: one faster and one slower than a minute or so.

Traces of more than ``DAYS_FOR_A_CYCLE`` days have their daily cycle fitted first, and time is then run through its
integral, so that the components are fitted to what the cycle leaves.
"""

from dataclasses import dataclass

import numpy as np
from scipy.integrate import cumulative_trapezoid
from scipy.optimize import brentq, least_squares
from scipy.special import i0e, i1e
from scipy.stats import chi2

from analysis.calibration.burstiness import LAG_WINDOW_S, autocorrelation, counts, expected, measured
from analysis.calibration.replicates import excess, scatter

DAY_S = 86_400.0
WINDOWS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 1200.0, 3600.0)
FEWEST_WINDOWS = 10
FEWEST_QUANTA = 4  # of coarse time stamps in a window: fewer, and counts beat with the clock
MOST_COMPONENTS = 2
LEVEL = 0.01
RECORD = 10  # relaxation times that a record must hold; slower drift passes for its mean
DAYS_FOR_A_CYCLE = 2.0
LARGEST_CYCLE = 3.0
_SIGMA = (1e-3, 2.0)  # log-rate


@dataclass(frozen=True)
class Modulation:
    """A fitted process.

    ``observed``, ``fitted`` and ``poisson`` (a constant rate) are the IDC at ``windows``, then the lag-1
    autocorrelation, without the daily cycle.
    """

    rate: float  # arrivals/s
    sigma: list[float]
    tau_s: list[float]
    cycle: float
    cycle_peak_h: float  # hours after the first arrival
    windows: tuple[float, ...]  # s
    observed: np.ndarray
    fitted: np.ndarray
    poisson: np.ndarray
    p_values: list[float]  # of the fits with 0, 1, … components: chance of a worse match


def fit_modulation(arrivals: np.ndarray) -> Modulation:
    """Fit to ``arrivals``, increasing times in s. Raises ``ValueError`` where no window can be used."""
    arrivals = arrivals - arrivals[0]
    cycle, peak_h = _daily_cycle(arrivals)
    if cycle:
        arrivals = _without_cycle(arrivals, cycle, peak_h)
    span = float(arrivals[-1])
    rate = (arrivals.size - 1) / span
    windows = usable_windows(arrivals)
    if not windows:
        raise ValueError(f"too short a record ({span:g} s) or too coarse time stamps to count arrivals in windows")
    observed = measured(arrivals, windows)
    errors = _standard_errors(arrivals, windows, observed)

    def residuals(theta):
        vector = expected(rate, *np.exp(theta.reshape(2, -1)), windows, span)
        return (_logged(vector) - _logged(observed)) / errors

    p_values = []
    for components in range(MOST_COMPONENTS + 1):
        sigma, tau = _search(residuals, components, windows[0], span / RECORD)
        p_values.append(_joint_p(observed, rate, sigma, tau, windows, span))
        if p_values[-1] > LEVEL or len(windows) < 2 * components + 2:
            break
    order = np.argsort(-tau)
    sigma, tau = sigma[order].tolist(), tau[order].tolist()
    fitted, poisson = (expected(rate, *drift, windows, span) for drift in ((sigma, tau), ([], [])))
    return Modulation(rate, sigma, tau, cycle, peak_h, windows, observed, fitted, poisson, p_values)


def usable_windows(arrivals: np.ndarray) -> tuple[float, ...]:
    """Those of ``WINDOWS`` that fit into the record often enough and are long against coarse time stamps."""
    gaps = np.diff(arrivals)
    quantum = gaps[gaps > 0].min() if (gaps == 0).mean() > 0.5 else 0.0
    span = arrivals[-1] - arrivals[0]
    return tuple(w for w in WINDOWS if w >= FEWEST_QUANTA * quantum and span // w >= FEWEST_WINDOWS)


def _logged(vector: np.ndarray) -> np.ndarray:
    return np.append(np.log(np.maximum(vector[:-1], 1e-9)), vector[-1])


def _standard_errors(arrivals: np.ndarray, windows, observed: np.ndarray) -> np.ndarray:
    """Of the log IDCs and the autocorrelation; infinite for the latter where its window cannot be used."""

    def relative(window):
        n = counts(arrivals, window)
        rho = autocorrelation(n, max(1, n.size // 4))
        return np.sqrt(2 / n.size * (1 + 2 * (rho**2).sum()))

    usable = LAG_WINDOW_S in windows
    of_lag = (1 - observed[-1] ** 2) * relative(LAG_WINDOW_S) / np.sqrt(2) if usable else np.inf
    return np.array([*map(relative, windows), of_lag])


def _search(residuals, components: int, shortest: float, longest: float) -> np.ndarray:
    """sigma and tau of each component, shape (2, components): the best of several local searches in logs.

    Relaxation below the ``shortest`` window or above the ``longest`` part of the record could not be told from it.
    """
    if components == 0:
        return np.empty((2, 0))
    bounds = [_SIGMA] * components + [(shortest, longest)] * components
    starts = np.geomspace(shortest * 1.5, longest / 1.5, 4)
    combinations = [(a,) for a in starts] if components == 1 else [(a, b) for a in starts for b in starts if a < b]
    fits = [
        least_squares(residuals, np.log([0.2] * components + [*taus]), bounds=np.log(bounds).T) for taus in combinations
    ]
    return np.exp(min(fits, key=lambda fit: fit.cost).x.reshape(2, -1))


def _joint_p(observed, rate, sigma, tau, windows, span) -> float:
    """Chance of a vector farther from the middle of the process's own records (Mahalanobis, χ²)."""
    mean, covariance = scatter(rate, sigma, tau, windows, span)
    off = excess(observed, windows, rate) - mean
    known = np.isfinite(off)
    squares = off[known] @ np.linalg.solve(covariance[np.ix_(known, known)], off[known])
    return float(chi2.sf(squares, known.sum()))


def _daily_cycle(since_start: np.ndarray) -> tuple[float, float]:
    """(amplitude, peak hour): under rate ∝ exp(cycle·cos) hours of arrival are von Mises, |E e^(iθ)| = I₁/I₀(cycle)."""
    if since_start[-1] <= DAYS_FOR_A_CYCLE * DAY_S:
        return 0.0, 0.0
    whole_days = since_start[since_start < since_start[-1] // DAY_S * DAY_S]
    mean = np.exp(2j * np.pi / DAY_S * whole_days).mean()
    length = min(abs(mean), i1e(LARGEST_CYCLE) / i0e(LARGEST_CYCLE))
    cycle = brentq(lambda c: i1e(c) / i0e(c) - length, 0.0, LARGEST_CYCLE)
    return float(cycle), float(np.angle(mean) * 12 / np.pi % 24)


def _without_cycle(since_start: np.ndarray, cycle: float, peak_h: float) -> np.ndarray:
    """Arrivals on the clock that runs with the cycle's rate: s, of the same mean rate over whole days."""
    clock = np.linspace(0, since_start[-1], 1 + 1440 * int(since_start[-1] // DAY_S + 1))
    log_rate = cycle * np.cos(2 * np.pi / DAY_S * (clock - peak_h * 3600))
    rate = np.exp(log_rate - abs(cycle)) / i0e(cycle)
    return np.interp(since_start, clock, cumulative_trapezoid(rate, clock, initial=0))
