"""Statistics of a recorded trace, and the ``demand`` settings that imitate it.

A trace is a mapping of equally long arrays: ``t_s`` (s, increasing), ``context_tokens``, ``generated_tokens`` and, if
known, ``session`` (a number per session; its rows are its turns in order). Without it each row is a session.
"""

from collections.abc import Mapping

import numpy as np

from analysis.calibration.burstiness import LAG_WINDOW_S, autocorrelation, counts, dispersion
from analysis.calibration.modulation import DAY_S, fit_modulation
from analysis.errors import InputError

FEWEST_ROWS = 200
MOST_DAYS = 400
"""Of a trace: a year is counted second by second in 2 GB."""
IDC_WINDOWS = (1.0, 10.0, 60.0, 300.0)
_Z90 = 1.2815515655446004
_QUANTILES = (0.1, 0.5, 0.9, 0.99)
_LARGEST_SIGMA = 5.0


def describe(trace: Mapping[str, np.ndarray]) -> dict:
    """Rate, burstiness, tokens and turns of a trace; plain numbers, units in the names.

    ``idc``: variance over mean of the arrivals in whole windows (divisor n); windows that fit fewer than twice are
    left out. ``turns``: only where sessions are given; ``gap_s`` lies between the starts of neighbouring turns.
    """
    t = np.asarray(trace["t_s"], float)
    span = float(t[-1] - t[0])
    gaps = np.diff(t)
    statistics = {
        "rows": int(t.size),
        "span_s": span,
        "rate_per_s": (t.size - 1) / span,
        "interarrival_cv": float(gaps.std() / gaps.mean()),
        "idc": {f"{w:g}": dispersion(counts(t, w)) for w in IDC_WINDOWS if span >= 2 * w},
        "tokens": {name: _token_statistics(trace[name]) for name in ("context_tokens", "generated_tokens")},
    }
    if span >= 3 * LAG_WINDOW_S:
        statistics["lag1_autocorrelation_10s"] = float(autocorrelation(counts(t, LAG_WINDOW_S), 1)[0])
    if "session" in trace:
        order, first = _by_session(trace)
        turns = np.bincount(trace["session"])
        turns = turns[turns > 0]
        statistics["turns"] = {
            "sessions": int(turns.size),
            "mean": float(turns.mean()),
            "share_with_more": float((turns > 1).mean()),
            "gap_s": _quantiles(np.diff(t[order])[~first[1:]]),
        }
    return statistics


def fit_traffic(trace: Mapping[str, np.ndarray], source: str = "a trace") -> dict:
    """``demand`` settings that imitate the trace, its statistics, and how well the arrivals are met.

    Keys: ``source``, ``demand`` (settings of kind modulated), ``statistics`` (see ``describe``), ``fit`` (windows in s;
    IDC at them and lag-1 autocorrelation of 10 s bins, observed, fitted and of a Poisson process; ``p_values`` of the
    fits with 0, 1, … components). Raises ``InputError`` for a trace too short or too long to be fitted.
    """
    t = np.asarray(trace["t_s"], float)
    if t.size < FEWEST_ROWS:
        raise InputError(f"{source}: found {t.size} rows; allowed for a fit are {FEWEST_ROWS} or more")
    if t[-1] == t[0]:
        raise InputError(f"{source}: found one time in all rows; allowed for a fit are times that advance")
    if (days := (t[-1] - t[0]) / DAY_S) > MOST_DAYS:
        raise InputError(f"{source}: found times over {days:,.0f} days; allowed for a fit are {MOST_DAYS}, times in s")
    statistics = describe(trace)
    order, first = _by_session(trace)
    try:
        process = fit_modulation(np.sort(t[order][first]))
    except ValueError as error:
        raise InputError(f"{source}: found {error}; allowed for a fit are some minutes at least") from None
    demand = {
        "rate": statistics["rate_per_s"] * DAY_S,
        "sigma": process.sigma,
        "tau_s": process.tau_s,
        "cycle": process.cycle,
        "cycle_peak_h": process.cycle_peak_h,
        "turns_mean": t.size / first.sum(),
    }
    context, output = (np.asarray(trace[k], float)[order] for k in ("context_tokens", "generated_tokens"))
    demand["context_mu"], demand["context_sigma"] = _lognormal(context[first])
    demand["output_mu"], demand["output_sigma"] = _lognormal(output)
    if not first.all():
        demand["think_median_s"], demand["think_sigma"] = _think(statistics["turns"]["gap_s"])
        added = (context[1:] - context[:-1] - output[:-1])[~first[1:]]
        if (added > 0).mean() > 0.5:
            demand["followup_mu"], demand["followup_sigma"] = _lognormal(added[added > 0])
    fit = {
        "windows_s": list(process.windows),
        "p_values": process.p_values,
    }
    for whose in ("observed", "fitted", "poisson"):
        *idc, lag_one = getattr(process, whose).tolist()
        fit |= {f"idc_{whose}": idc, f"lag1_autocorrelation_10s_{whose}": lag_one}
    return {"source": source, "demand": demand, "statistics": statistics, "fit": fit}


def _by_session(trace) -> tuple[np.ndarray, np.ndarray]:
    """Order of the rows session by session, and which rows in that order are first turns."""
    if "session" not in trace:
        return np.arange(trace["t_s"].size), np.ones(trace["t_s"].size, bool)
    order = np.argsort(trace["session"], kind="stable")
    return order, np.diff(trace["session"][order], prepend=-1) != 0


def _lognormal(tokens: np.ndarray) -> tuple[float, float]:
    logs = np.log(np.maximum(tokens, 1))
    return float(logs.mean()), min(float(logs.std()), _LARGEST_SIGMA)


def _think(gap: Mapping[str, float]) -> tuple[float, float]:
    """Median, and sd of the log from the p90/p10 ratio: robust against the few users who come back hours later."""
    if gap["p10"] <= 0:
        return gap["p50"], 0.0
    return gap["p50"], min(float(np.log(gap["p90"] / gap["p10"]) / (2 * _Z90)), _LARGEST_SIGMA)


def _quantiles(values: np.ndarray) -> dict[str, float]:
    return {f"p{q * 100:.0f}": float(np.quantile(values, q)) if values.size else 0.0 for q in _QUANTILES}


def _token_statistics(tokens: np.ndarray) -> dict[str, float]:
    mu, sigma = _lognormal(np.asarray(tokens, float))
    return {**_quantiles(np.asarray(tokens, float)), "lognormal_mu": mu, "lognormal_sigma": sigma}
