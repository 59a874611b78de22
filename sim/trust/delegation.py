"""Delegation (M8): co-stakers, who put their credits where the public record is best."""

import numpy as np

from sim.config.stake import Delegation
from sim.router.powers import power
from sim.status import Status


def delegate(settings: Delegation, confidence, status) -> np.ndarray:
    """What co-stakers put on each model until the next tick: (M,) credits.

    ``supply``·C**exponent/ΣC**exponent over admitted and sandbox models, ``confidence`` C (M,) in [0, 1] of the
    evidence alone (stake would otherwise draw stake); ``status`` (M,) of `Status`. Nothing where there is none of
    these: the supply then waits. Exponent 0 spreads evenly; a high one follows the leader.
    """
    shares = np.zeros(len(confidence))
    eligible = np.isin(status, (Status.ADMITTED, Status.SANDBOX))
    if eligible.any():
        shares[eligible] = power(np.asarray(confidence)[eligible], settings.exponent)
        shares *= settings.supply / shares.sum()
    return shares
