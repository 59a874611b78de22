"""Cumulative prospect theory."""

import numpy as np

from sim.compiling import entry, kernel
from sim.developers.options import NEVER


def prospect(options, own, public):
    """v = income + CE/span; value x^α of gains, -λ·(-x)^α of losses, weighted w(p) = p^c/(p^c + (1-p)^c)^(1/c) by rank.

    A gain weighs w(chance of as much or more) - w(chance of more), a loss the same from the worst up; CE is the sure
    payoff of the same value. The reference is what one's income brings without the option. Source: cumulative prospect
    theory (Tversky and Kahneman, Journal of Risk and Uncertainty 5, 1992), published default their estimates α = .88,
    λ = 2.25, c = .61 for gains and .69 for losses; 1, 1, 1, 1 is the mean.
    """
    about = public.settings.developers.prospect
    values = np.empty(len(options))
    _fill(options, about.curvature, about.aversion, about.gains, about.losses, values)
    return values


@entry
def _fill(options, curve, aversion, gains, losses, values):
    for i in range(len(options)):
        o, values[i] = options[i], NEVER
        if not o.feasible:
            continue
        chances, payoffs = o.chances, o.payoffs
        total = _ranked(chances, payoffs, 1.0, gains, curve) - aversion * _ranked(chances, payoffs, -1.0, losses, curve)
        sure = total ** (1.0 / curve) if total >= 0.0 else -((-total / aversion) ** (1.0 / curve))
        values[i] = o.income + sure / o.span


@kernel
def _ranked(chances, payoffs, sign, power, curve):
    """Σ (w(chance of x_i or beyond) - w(chance of beyond))·|x_i|^α over the outcomes of this ``sign``."""
    total = 0.0
    for i in range(len(chances)):
        x = sign * payoffs[i]
        if x <= 0.0:
            continue
        beyond = 0.0
        for j in range(len(chances)):
            y = sign * payoffs[j]
            if y > x or (y == x and j < i):
                beyond += chances[j]
        total += (_weight(beyond + chances[i], power) - _weight(beyond, power)) * x**curve
    return total


@kernel
def _weight(p, c):
    q = min(p, 1.0) ** c
    return q / (q + (1.0 - min(p, 1.0)) ** c) ** (1.0 / c)
