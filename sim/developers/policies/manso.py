"""Two periods of exploring or exploiting."""

from sim.developers.options import NEVER
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
    if not any(o.outcomes for o in options):
        return expected_utility(options, own, public)
    once = expected_utility(options, own, public)
    best = options[max(range(len(options)), key=once.__getitem__)]
    known = _arm(best)
    aversion, least = own.risk_aversion, floor(own)
    return [_twice(o, best, known, own.wealth, aversion, least) if o.chances else NEVER for o in options]


def _arm(o):
    """(chance of success, mean payoff after success, after failure)."""
    chance = sum(o.chances[: o.wins])
    won = sum([p * x for p, x in zip(o.chances[: o.wins], o.payoffs[: o.wins], strict=True)])
    lost = sum([p * x for p, x in zip(o.chances[o.wins :], o.payoffs[o.wins :], strict=True)])
    return chance, won / chance if chance > 0.0 else 0.0, lost / (1.0 - chance) if chance < 1.0 else 0.0


def _twice(o, best, known, wealth, aversion, least):
    chance, won, lost = _arm(o)
    p, good, bad = known
    again = (o.outcomes * chance + 1.0) / (o.outcomes + 1.0) if o.outcomes else chance
    if o is best and o.outcomes:
        p = o.outcomes * chance / (o.outcomes + 1.0)
    repeats = o is best or again * won + (1.0 - again) * lost > (p * good + (1.0 - p) * bad) * o.span / best.span
    then, gained, missed = (again, won, lost) if repeats else known
    chances = (chance * then, chance * (1.0 - then), (1.0 - chance) * p, (1.0 - chance) * (1.0 - p))
    payoffs = (won + gained, won + missed, lost + good, lost + bad)
    after = chance * (o.span if repeats else best.span) + (1.0 - chance) * best.span
    income = (o.income * o.span + best.income * after) / (o.span + after)
    held = wealth + o.income * o.days + best.income * best.days
    return income + certain(chances, payoffs, held, aversion, least) / (o.span + after)
