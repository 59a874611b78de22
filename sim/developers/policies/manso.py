"""Two periods of exploring or exploiting."""

import numpy as np

from sim.compiling import entry, kernel
from sim.developers.policies.expected_utility import expected_utility
from sim.developers.utility import certain, floor


def manso(options, own, public):
    """v = income + CE/days of two periods: this option, then again after success, the best known one after failure.

    Success is admission, of believed chance E[p2]. The belief is Beta, of as many outcomes n as it rests on, so success
    raises it to E[p2|S] = (n·E[p2] + 1)/(n + 1) and failure lowers it to n·E[p2]/(n + 1). The best known option, p, is
    that of the highest expected utility of one period. With payoffs 1 and 0, γ = 0 and p certain, exploring is better
    where E[p2] ≥ p/(1 + E[p2|S] - p). In the field: Manso, "Motivating Innovation", Journal of Finance 66, 2011;
    no published default. Where nothing can be learned (plans of a submission), it is expected utility.
    """
    values = expected_utility(options, own, public)
    if options["outcomes"].any():
        _twice(options, int(np.argmax(values)), own.wealth, own.risk_aversion, floor(own), values)
    return values


@kernel
def _arm(o):
    """(chance of success, mean payoff after success, after failure)."""
    chance = won = lost = 0.0
    for i in range(len(o.chances)):
        if i < o.wins:
            chance += o.chances[i]
            won += o.chances[i] * o.payoffs[i]
        else:
            lost += o.chances[i] * o.payoffs[i]
    return chance, won / chance if chance > 0.0 else 0.0, lost / (1.0 - chance) if chance < 1.0 else 0.0


@entry
def _twice(options, best, wealth, aversion, least, values):
    first = options[best]
    known, good, bad = _arm(first)
    for i in range(len(options)):
        o = options[i]
        if not o.feasible:
            continue
        chance, won, lost = _arm(o)
        n, again, p = o.outcomes, chance, known
        if n > 0:
            again = (n * chance + 1.0) / (n + 1.0)
            p = n * chance / (n + 1.0) if i == best else known
        then, gained, missed, span = again, won, lost, o.span
        if i != best and again * won + (1.0 - again) * lost <= (p * good + (1.0 - p) * bad) * o.span / first.span:
            then, gained, missed, span = known, good, bad, first.span
        chances = (chance * then, chance * (1.0 - then), (1.0 - chance) * p, (1.0 - chance) * (1.0 - p))
        payoffs = (won + gained, won + missed, lost + good, lost + bad)
        after = chance * span + (1.0 - chance) * first.span
        income = (o.income * o.span + first.income * after) / (o.span + after)
        held = wealth + o.income * o.days + first.income * first.days
        values[i] = income + certain(chances, payoffs, held, aversion, least) / (o.span + after)
