"""Imitation of what visibly succeeds."""

from sim.developers.options import EXIT, NEVER, SHELVE, SUBMIT, WAIT


def imitate(options, own, public):
    """v = income + (a+1)/(n+2)·revenue: a of n disclosed projects of a kind were admitted; revenue the domain's mean.

    One's own beliefs, costs and chances do not count; unseen kinds are given a half (Laplace's rule of succession).
    Waiting and leaving are worth their income, the plans of a submission their mean payoff a day.
    In the field: "imitate the best" of visible strategies (Schlag, Journal of Economic Theory 78, 1998; Vega-Redondo,
    Econometrica 65, 1997); no published default.
    """
    revenue = public.revenue[own.domain]
    if not revenue > 0.0:
        revenue = own.beliefs.revenue.mean
    return [_value(o, public.kinds, revenue) for o in options]


def _value(o, kinds, revenue):
    if not o.chances:
        return NEVER
    if o.kind in (WAIT, EXIT, SUBMIT, SHELVE):
        return o.income + o.mean() / o.span
    seen = kinds.get(o.kind)
    count = seen.count if seen else 0
    admitted = count * seen.admitted if count else 0.0
    return o.income + (admitted + 1.0) / (count + 2.0) * revenue
