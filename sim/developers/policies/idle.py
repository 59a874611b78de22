"""Nobody does anything: a static network."""

from sim.developers.options import NEVER, SHELVE, WAIT


def idle(options, own, public):
    """v = 0 for waiting and shelving, nothing else is ever done: a static network.

    In the field: the status quo as null model; no published default.
    """
    return [0.0 if o.kind in (WAIT, SHELVE) else NEVER for o in options]
