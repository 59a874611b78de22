"""M3: how models mature with traffic, how they age, and what evaluation sees of them.

    a(V) = a* - (a* - a0)·exp(-V/V0),  logit a0 = logit a* - gap,  logit a = logit a(V) - staleness·days since work

with logit a held within ±30.

V counts served turns only: what gets no traffic does not mature. Hazard, drift and penalties start ``rawness`` higher
and spread as much lower; they mature along the same curve.
"""

import math

import numpy as np

from sim.compiling import entry, kernel
from sim.config import Learning

# What models are like on one day.
TODAY = np.dtype([(name, "f8") for name in ("ability", "spread", "hazard", "drift", "e_edge", "e_adv")])


def today(rows: np.ndarray, day: float, learning: Learning, seen: float | None = None) -> np.ndarray:
    """TODAY of models ``rows`` (LATENT (M,) or one row) on ``day``: (M,).

    Live; with ``seen``, the share of cleanup that lasts, as evaluation sees them (see ``show``).
    """
    rows = np.atleast_1d(rows)
    found = np.empty(len(rows), TODAY)
    _fill(rows, day, learning.v0, learning.staleness, -1.0 if seen is None else seen, found)
    return found


@entry
def _fill(rows, day, v0, staleness, seen, found):
    for i in range(len(rows)):
        mature(rows[i], day, v0, staleness, found[i])
        if seen >= 0.0:
            show(rows[i], seen, found[i])


_MOST = 30.0
"""Abilities end at this logit, a failure in 10^13 turns, and its negative: those of 0 and 1 have no median task."""


@kernel
def _logit(p):
    return math.log(p / (1.0 - p))


@kernel
def expit(x):
    return 1.0 / (1.0 + math.exp(-x))


@kernel
def mature(row, day, v0, staleness, today):
    """Fill TODAY of one model, a LATENT ``row``. Hazard and drift stay chances, at most 1."""
    left = math.exp(-row.live / v0) if v0 > 0.0 else 0.0  # of the way to maturity
    start = expit(_logit(row.potential) - row.gap)
    learned = row.potential - (row.potential - start) * left
    raw = row.rawness * left
    aged = _logit(learned) - staleness * (day - row.worked_day)
    today.ability = expit(min(max(aged, -_MOST), _MOST))
    today.spread = row.spread * (1.0 - raw)
    today.hazard = min(row.hazard * (1.0 + raw), 1.0)
    today.drift = min(row.drift * (1.0 + raw), 1.0)
    today.e_edge = row.e_edge * (1.0 + raw)
    today.e_adv = row.e_adv * (1.0 + raw)


@kernel
def left_live(polish, lasting):
    """The share of drift and penalties that stays live where cleanup left ``polish`` of them to be seen."""
    return 1.0 - lasting * (1.0 - polish)


@kernel
def show(row, lasting, today):
    """Turn TODAY of one model into what evaluation sees: cleanup's whole cut of drift and penalties, and ability as on
    the data's own draw.

    Cleanup left the share ``polish`` to be seen; live, of what it cut, only the share ``lasting`` is gone.
    """
    live = left_live(row.polish, lasting)
    factor = row.polish / live if live > 0.0 else 1.0  # where nothing is left live, nothing is left to polish
    today.drift *= factor
    today.e_edge *= factor
    today.e_adv *= factor
    today.ability = expit(_logit(today.ability) + row.demo)
