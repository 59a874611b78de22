"""Utility of wealth under constant relative risk aversion, and its certainty equivalent."""

import math

_LOG = 1e-9  # γ so near 1 is 1: the power would lose all its digits


def floor(own) -> float:
    """Least wealth at which utility is taken: what a day of living costs, at least 1 credit.

    Nobody's balance goes below zero; so what is worse than ruin is only as bad as ruin, and ruin not infinitely bad.
    """
    return max(own.running_cost, 1.0)


def certain(chances, payoffs, wealth: float, aversion: float, least: float) -> float:
    """x that is worth as much as the lottery: u(w + x) = Σ p·u(w + x_i), u(w) = w^(1-γ)/(1-γ), log w at γ = 1.

    ``wealth`` and ``payoffs`` in credits, ``aversion`` γ >= 0; wealth counts as no less than ``least`` > 0 (at γ = 0
    as what it is: the mean).
    """
    if aversion == 0.0:
        return math.fsum([chance * payoff for chance, payoff in zip(chances, payoffs, strict=True)])
    w = wealth if wealth > least else least
    ruin = least / w
    power = 1.0 - aversion
    total = 0.0
    if -_LOG < power < _LOG:
        for chance, payoff in zip(chances, payoffs, strict=True):
            share = 1.0 + payoff / w
            total += chance * math.log(share if share > ruin else ruin)
        return w * math.expm1(total)
    for chance, payoff in zip(chances, payoffs, strict=True):
        share = 1.0 + payoff / w
        total += chance * (share if share > ruin else ruin) ** power
    return w * (total ** (1.0 / power) - 1.0)
