"""Slashing (M8): what failure costs a stake. Pure functions from stakes to amounts, all in micro-credits (int64).

A rule is a function ``rule(settings, struck) -> share`` of the stake of each model that is struck, in [0, 1];
``struck`` in [0, 1] is the share of all stake that was struck within the window, now included. Stake that is being
withdrawn is at risk until it is released, so stakes here are a model's bonded and unbonding stake together. A user's
own rule is named by its import path, ``module:function``.
"""

from collections import deque

import numpy as np

from sim import own
from sim.config import Stake


def none(settings, struck):
    """0: stake is locked and never lost."""
    return 0.0


def fixed(settings, struck):
    """``fraction``, whoever else is struck."""
    return settings.fraction


def ethereum(settings, struck):
    """``fraction``·min(1, ``correlation``·struck): who fails alone loses little, who fails with the others all of it.

    In the field: Ethereum's penalty for correlated slashings, balance·min(1, 3·slashed/all) with the balances slashed
    in 8,192 epochs (consensus specification, process_slashings; multiplier since Bellatrix). There it comes half a
    window after the fact and counts both halves; here at once, so it counts what came before.
    """
    return settings.fraction * min(1.0, settings.correlation * struck)


def numerai(settings, struck):
    """0: what is at risk with Numerai is the score of every round (see ``payout``), and no event."""
    return 0.0


RULES = {rule.__name__: rule for rule in (none, fixed, ethereum, numerai)}
"""The rules by name."""


def resolve(name: str):
    """The rule that ``stake.slashing`` names. Raises ``InputError`` where there is none."""
    return own.resolve("stake.slashing", name, RULES, "a rule", _share)


def _share(found, settings, struck) -> float:
    share = float(found)
    if not 0.0 <= share <= 1.0:
        raise own.Unusable(f"returned {share:g}; allowed is a share from 0 to 1")
    return share


class Struck:
    """What was struck when: the memory of correlated slashing."""

    def __init__(self):
        self._events: deque[tuple[float, int]] = deque()

    def add(self, day: float, stake: int) -> None:
        """Stakes of ``stake`` micro-credits in all were struck at ``day``; days never fall."""
        self._events.append((day, stake))

    def after(self, day: float) -> int:
        """Micro-credits struck after ``day``; what came before is forgotten."""
        while self._events and self._events[0][0] <= day:
            self._events.popleft()
        return sum(stake for _, stake in self._events)


def exposed(settings: Stake, **causes) -> np.ndarray:
    """Which models are struck: (M,) bool, those with a cause in ``settings.exposure``.

    ``causes``: ``ejection``, ``rejection`` and ``expiry``, as many as there are, each (M,) bool.
    """
    masks = [np.asarray(mask) for cause, mask in causes.items() if cause in settings.exposure]
    return np.logical_or.reduce(masks) if masks else np.zeros(len(next(iter(causes.values()))), bool)


def slash(settings: Stake, stake, struck, before: int = 0) -> np.ndarray:
    """What is burned of each stake: (M,) int64, 0 where ``struck`` (M,) is false and never above the stake.

    ``stake`` (M,) int64 >= 0, all that is staked at once, by developers and by co-stakers; ``before`` what was struck
    earlier in the window (see ``Struck``).
    """
    stake, struck = np.asarray(stake, np.int64), np.asarray(struck)
    whole = stake.sum(dtype=float)  # all stakes together may exceed what int64 holds
    hit = before + np.where(struck, stake, 0).sum(dtype=float)
    share = resolve(settings.slashing)(settings, min(1.0, hit / whole) if whole > 0 else 0.0)
    return np.where(struck, np.minimum((share * stake).astype(np.int64), stake), 0)


def payout(settings: Stake, stake, confidence, admitted) -> np.ndarray:
    """What a tick pays on each stake (above 0, from the treasury) or burns of it (below 0): (M,) int64.

    Only with slashing ``numerai``: stake·clip(C - mean C, ±``clip``) for admitted models, rounded towards 0, with the
    mean over them; equal stakes within the clip leave the treasury where it was. A tick is a round.
    ``stake`` (M,) int64; ``confidence`` (M,) in [0, 1]; ``admitted`` (M,) bool.

    In the field: Numerai pays and burns stake·clip(factor·score, ±.05) a round (its staking documentation), its score
    a correlation; ours is what is public of every model, with factor 1.
    """
    stake, admitted = np.asarray(stake, np.int64), np.asarray(admitted)
    if settings.slashing != "numerai" or not admitted.any():
        return np.zeros(len(stake), np.int64)
    score = np.where(admitted, confidence - confidence[admitted].mean(), 0.0)
    return (np.clip(score, -settings.clip, settings.clip) * stake).astype(np.int64)
