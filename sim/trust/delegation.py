"""Delegation (M8): co-stakers, who put their credits where the public record is best, and answer for it there.

What is delegated is at risk with the developer's own stake: every slash takes the same share of both. In the field:
Cosmos, whose slash of a validator's tokens falls on its delegators in proportion (Cosmos SDK, x/staking, Keeper.Slash),
and Polkadot, where a nominator loses the same share of its exposure as its validator (Substrate, pallet-staking,
slashing.rs). Who has moved on before the strike goes free here; Cosmos holds redelegations to account for three weeks.
"""

import numpy as np

from sim.config.stake import Delegation
from sim.economy.ledger import micro
from sim.router.powers import power
from sim.status import Status


def delegate(settings: Delegation, held: int, confidence, status) -> np.ndarray:
    """What co-stakers put on each model until the next tick: (M,) int64 micro-credits.

    S·C**exponent/ΣC**exponent, rounded, over admitted and sandbox models, ``confidence`` C (M,) in [0, 1] of the
    evidence alone (stake would otherwise draw stake); ``status`` (M,) of `Status`. S is ``supply``, or the ``held``
    micro-credits of co-stakers where slashing has left them less. Nothing where there is no such model: the supply then
    waits. Exponent 0 spreads evenly; a high one follows the leader.
    """
    put = np.zeros(len(confidence), np.int64)
    eligible = np.isin(status, (Status.ADMITTED, Status.SANDBOX))
    if eligible.any():
        supply = min(micro(settings.supply), held)
        upto = np.cumsum(power(np.asarray(confidence)[eligible], settings.exponent))
        # Rounded sums, so that the parts add up to the whole; a float may round above it.
        parts = np.minimum(np.rint(upto / upto[-1] * supply).astype(np.int64), supply)
        put[eligible] = np.diff(parts, prepend=0)
    return put
