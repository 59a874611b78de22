"""Erlang's formulas and birth-death chains, as theory for the laws of queues."""

import numpy as np


def erlang_b(slots: int, load: float) -> float:
    """P(all ``slots`` busy) at offered ``load`` in Erlang without a queue: B_c = aB/(c + aB), B_0 = 1."""
    blocked = 1.0
    for c in range(1, slots + 1):
        blocked = load * blocked / (c + load * blocked)
    return blocked


def erlang_c(slots: int, load: float) -> float:
    """P(wait > 0) at offered ``load`` < ``slots`` in Erlang with an endless queue."""
    blocked = erlang_b(slots, load)
    return slots * blocked / (slots - load * (1 - blocked))


def birth_death(birth: np.ndarray, death: np.ndarray) -> np.ndarray:
    """Stationary law of a chain that goes n -> n+1 at ``birth[n]`` and n+1 -> n at ``death[n]``."""
    weight = np.concatenate([[0.0], np.cumsum(np.log(birth) - np.log(death))])
    weight = np.exp(weight - weight.max())
    return weight / weight.sum()
