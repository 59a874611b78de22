"""Imitation of what visibly succeeds."""

import numpy as np

from sim.developers.options import NEVER, PROJECTS, mean


def imitate(options, own, public):
    """v = income + (a+1)/(n+2)·revenue: a of n disclosed projects of a kind were admitted; revenue the domain's mean.

    One's own beliefs, costs and chances do not count; unseen kinds are given a half (Laplace's rule of succession).
    Waiting and leaving are worth their income, the plans of a submission their mean payoff a day.
    In the field: "imitate the best" of visible strategies (Schlag, Journal of Economic Theory 78, 1998; Vega-Redondo,
    Econometrica 65, 1997); no published default.
    """
    revenue = public.revenue[own.domain]
    if not revenue > 0.0:
        revenue = own.beliefs.revenue
    brings = mean(options) / options["span"]
    for kind in PROJECTS:
        count, _, admitted = public.kinds.get(kind, (0, 0.0, 0.0))
        brings[options["kind"] == kind] = (count * admitted + 1.0) / (count + 2.0) * revenue
    return np.where(options["feasible"], options["income"] + brings, NEVER)
