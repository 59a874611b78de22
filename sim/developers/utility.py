"""Utility of wealth under constant relative risk aversion, and its certainty equivalent."""

import math

from sim.compiling import kernel

_LOG = 1e-9  # γ so near 1 is 1: the power would lose all its digits


def floor(own) -> float:
    """Least wealth at which utility is taken: what a day of living costs, at least 1 credit.

    Nobody's balance goes below zero; so what is worse than ruin is only as bad as ruin, and ruin not infinitely bad.
    """
    return max(own.running_cost, 1.0)


@kernel
def certain(chances, payoffs, wealth, aversion, least):
    """x that is worth as much as the lottery: u(w + x) = Σ p·u(w + x_i), u(w) = w^(1-γ)/(1-γ), log w at γ = 1.

    ``wealth`` and ``payoffs`` in credits, ``aversion`` γ >= 0; wealth counts as no less than ``least`` > 0 (at γ = 0
    as what it is: the mean).
    """
    w, power, total = max(wealth, least), 1.0 - aversion, 0.0
    log = -_LOG < power < _LOG
    for i in range(len(chances)):
        if chances[i] == 0.0:
            continue
        share = max(1.0 + payoffs[i] / w, least / w)
        if aversion == 0.0:
            total += chances[i] * payoffs[i]
        elif log:
            total += chances[i] * math.log(share)
        else:
            total += chances[i] * share**power
    if aversion == 0.0:
        return total
    return w * math.expm1(total) if log else w * (total ** (1.0 / power) - 1.0)
