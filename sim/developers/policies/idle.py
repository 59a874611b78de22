"""Nobody does anything: a static network."""

import numpy as np

from sim.developers.options import NEVER, SHELVE, WAIT


def idle(options, own, public):
    """v = 0 for waiting and shelving, nothing else is ever done: a static network.

    In the field: the status quo as null model; no published default.
    """
    return np.where(np.isin(options["kind"], (WAIT, SHELVE)), 0.0, NEVER)
