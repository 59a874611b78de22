"""Demand made by hand, for ``network.carry(..., chunks=)``: plain sessions of one turn, at times of one's own."""

from collections.abc import Iterator, Sequence

import numpy as np

from sim.records import SESSION, TURN

CHUNK = 8192
GRID = 2.0**24

Chunk = tuple[np.ndarray, np.ndarray]


def sessions(at: np.ndarray) -> Chunk:
    """Sessions of one turn each, of one user, at times ``at`` (s)."""
    made = np.zeros(len(at), SESSION)
    made["at"] = np.rint(at * GRID) / GRID
    made["turns"], made["first_turn"] = 1, np.arange(len(at))
    return made, np.zeros(len(at), TURN)


def evenly(gap_s: float, turns: int) -> Iterator[Chunk]:
    """``turns`` turns, one every ``gap_s``: each is over before the next where the gap is long enough."""
    yield sessions(gap_s * (1.0 + np.arange(turns)))


def stepped(seed: int, rates: Sequence[float], step_s: float) -> Iterator[Chunk]:
    """Poisson turns at ``rates[k]`` per s during step k of ``step_s``; the last rate goes on without end.

    A unit-rate process through the inverse of the integrated rate: a ``seed`` gives the same turns at every rate.
    """
    rng = np.random.default_rng(seed)
    rates = np.asarray(rates, float)
    begun = np.concatenate([[0.0], np.cumsum(rates * step_s)])[:-1]  # turns expected before step k
    unit = 0.0
    while True:
        due = unit + np.cumsum(rng.standard_exponential(CHUNK))
        unit = due[-1]
        k = np.searchsorted(begun, due, side="right") - 1
        yield sessions(k * step_s + (due - begun[k]) / rates[k])
