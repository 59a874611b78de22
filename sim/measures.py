"""Measures of a run from its counters: flow, latency, concentration. ``docs/tables.md`` states their formulas."""

import numpy as np

from sim.concentration import gini, hhi, nakamoto, top1_share
from sim.records import LATENCY_BINS, C, N, latency_edges

_EDGES = latency_edges()


def routed(models: np.ndarray) -> np.ndarray:
    """Turns first sent to each model, (M,), from its counters (M, len(C))."""
    return models[:, C.TURNS_PLAIN] + models[:, C.TURNS_EDGE] + models[:, C.TURNS_ADVERSARIAL]


def answered_well(models: np.ndarray) -> np.ndarray:
    """Turns that each model answered well, at whatever attempt, (M,)."""
    return models[:, C.OK_PLAIN] + models[:, C.OK_EDGE] + models[:, C.OK_ADVERSARIAL]


def flow(network: np.ndarray, in_flight: int) -> dict:
    """What went through the network, from its counts (len(N),) and the turns in flight at the end."""
    turns, attempts = int(network[N.TURNS]), int(network[N.ATTEMPTS])
    ended = int(network[N.OK] + network[N.FAILED] + network[N.UNNOTICED])
    return {
        "sessions": int(network[N.SESSIONS]),
        "turns": turns,
        "attempts": attempts,
        "turns_ok": int(network[N.OK]),
        "turns_failed": int(network[N.FAILED]),
        "turns_bad_unnoticed": int(network[N.UNNOTICED]),
        "turns_in_flight": in_flight,
        "success_rate": network[N.OK] / ended if ended else np.nan,
        "retry_share": (attempts - turns) / attempts if attempts else np.nan,
        "retries_denied": int(network[N.BUDGET_DENIED]),
        "house_turns": int(network[N.HOUSE]),
        "panic_attempts": int(network[N.PANIC]),
        "damage_crossed": int(network[N.CROSSED]),
        "sessions_away": int(network[N.AWAY]),
        "departures": int(network[N.DEPARTURES]),
    }


def latencies(counts: np.ndarray) -> dict:
    """Median and 99 % quantile of the latencies counted in bins, (LATENCY_BINS,)."""
    upto = np.cumsum(counts)
    return {f"latency_p{percent}_s": _quantile(counts, upto, percent / 100) for percent in (50, 99)}


def _quantile(counts: np.ndarray, upto: np.ndarray, q: float) -> float:
    """The ``q``-quantile in s of latencies counted in bins, linear within a bin (1/16 of an octave); NaN if none."""
    total = upto[-1]
    if total == 0:
        return np.nan
    at = min(int(np.searchsorted(upto, q * total, side="right")), LATENCY_BINS - 1)
    below = upto[at] - counts[at]
    return float(_EDGES[at] + (_EDGES[at + 1] - _EDGES[at]) * (q * total - below) / max(counts[at], 1))


def concentration(turns: np.ndarray, developer: np.ndarray) -> dict:
    """How concentrated ``turns`` (M,) are on those who own models; ``developer`` (M,) is below 0 for the house."""
    owned = developer >= 0
    holder = developer[owned]
    held = np.bincount(holder, turns[owned])[np.bincount(holder) > 0]
    return {
        "hhi": hhi(held),
        "gini": gini(held),
        "top1_share": top1_share(held),
        "nakamoto_33": nakamoto(held, 0.33),
        "nakamoto_51": nakamoto(held, 0.51),
    }
