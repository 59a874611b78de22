"""Cumulative prospect theory."""

from sim.developers.options import NEVER


def prospect(options, own, public):
    """v = income + CE/span; value x^α of gains, -λ·(-x)^α of losses, weighted w(p) = p^c/(p^c + (1-p)^c)^(1/c) by rank.

    A gain weighs w(chance of as much or more) - w(chance of more), a loss the same from the worst up; CE is the sure
    payoff of the same value. The reference is what one's income brings without the option. Source: cumulative prospect
    theory (Tversky and Kahneman, Journal of Risk and Uncertainty 5, 1992), published default their estimates α = .88,
    λ = 2.25, c = .61 for gains and .69 for losses; 1, 1, 1, 1 is the mean.
    """
    about = public.settings.developers.prospect
    return [o.income + _certain(o.chances, o.payoffs, about) / o.span if o.chances else NEVER for o in options]


def _certain(chances, payoffs, about):
    outcomes = sorted(zip(payoffs, chances, strict=True))
    curve = about.curvature
    total = _ranked([(-x, p) for x, p in outcomes if x < 0.0], about.losses, curve) * -about.aversion
    total += _ranked([(x, p) for x, p in reversed(outcomes) if x > 0.0], about.gains, curve)
    if total >= 0.0:
        return total ** (1.0 / curve)
    return -((-total / about.aversion) ** (1.0 / curve))


def _ranked(outcomes, curve, power):
    """Σ (w(p_1+…+p_i) - w(p_1+…+p_{i-1}))·x_i^α over outcomes from the most extreme inward."""
    total = chance = before = 0.0
    for x, p in outcomes:
        chance = min(chance + p, 1.0)
        after = _weight(chance, curve)
        total += (after - before) * x**power
        before = after
    return total


def _weight(p, c):
    q = p**c
    return q / (q + (1.0 - p) ** c) ** (1.0 / c)
