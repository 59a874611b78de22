"""Chance alone: the placebo."""

import numpy as np

from sim.developers.options import EXIT, NEVER, WAIT


def random(options, own, public):
    """v = 0 for every project and every plan of a submission, also where it cannot be done now; never to wait or leave.

    So what is intended depends on nothing that a developer knows; it waits where it can do nothing, and is there until
    it is bankrupt. In the field: zero-intelligence traders (Gode and Sunder, Journal of Political Economy 101, 1993);
    no published default.
    """
    return np.where(np.isin(options["kind"], (WAIT, EXIT)), NEVER, 0.0)
