"""Reinforcement learning of kinds of project."""

import math

import numpy as np

from sim.developers.options import EXIT, NEVER, WAIT, mean

_FORGOTTEN = 1e-300  # so that a propensity of 0 has a logarithm; noise never makes up for it


def roth_erev(options, own, public):
    """v = noise·ln q, q the propensity of the kind, so that with logit noise a kind is chosen with probability q/Σq.

    q ← (1-φ)·q + E after each project of payoff R ≥ 0, E = (1-ε)·R for its kind and ε·R/(K-1) for each other: see
    ``Beliefs.reinforce``. Source: Roth and Erev, Games and Economic Behavior 8, 1995; published default φ = 0.1,
    ε = 0.2 of Erev and Roth, American Economic Review 88, 1998. It reinforces projects alone, and neither
    waits nor leaves while it can do one; the plans of a submission are worth their mean payoff a day. With noise 0 it
    takes the strongest.
    """
    scale = public.settings.developers.noise or 1.0
    values = options["income"] + mean(options) / options["span"]
    for kind, held in own.beliefs.propensities.items():
        values[options["kind"] == kind] = scale * math.log(max(held, _FORGOTTEN))
    return np.where(options["feasible"] & ~np.isin(options["kind"], (WAIT, EXIT)), values, NEVER)
