"""Where every model stands at the end of a period: the rows of the table of standings.

``docs/tables.md`` states the unit and the formula of every column.
"""

import numpy as np

from sim.compiling import entry
from sim.economy.ledger import MICRO
from sim.measures import answered_well, routed
from sim.network.network import Network
from sim.records import C, Counters

# What the network believes of one model.
TRUST = np.dtype(
    [
        ("evidence_good", "f8"),
        ("evidence_bad", "f8"),
        ("design_effect", "f8"),
        ("evidence_effective", "f8"),
        ("mean", "f8"),
        ("confidence", "f8"),
        ("admission_confidence", "f8"),
    ]
)
STANDINGS = np.dtype(
    [
        ("day", "f8"),
        ("model", "i8"),
        ("status", "i4"),  # of Status
        ("weight", "f8"),
        ("ability", "f8"),
        ("stake", "f8"),
        *((name, "i8") for name in ("turns", "turns_ok", "first_good", "self_rescued", "rescued", "attempts")),
        ("value", "f8"),
        ("queued", "i8"),
        *((name, TRUST[name]) for name in TRUST.names),
    ]
)


def standings(day: float, counters: Counters, weight: np.ndarray, network: Network) -> np.ndarray:
    """STANDINGS of every model of which the period counted anything, or that has somebody waiting after it.

    ``weight`` (M,) of the models that ``counters`` know.
    """
    which = np.empty(len(weight), np.int64)
    which = which[: _seen(counters.models, counters.queued, which)]
    count, rows = counters.models[which], np.empty(len(which), STANDINGS)
    rows["day"], rows["model"], rows["status"], rows["weight"] = day, which, network.status[which], weight[which]
    rows["ability"], rows["stake"] = network.models.today["ability"][which], network.stakes()[which]
    rows["turns"], rows["turns_ok"], rows["attempts"] = routed(count), answered_well(count), count[:, C.ATTEMPTS]
    rows["first_good"], rows["self_rescued"] = count[:, C.FIRST_GOOD], count[:, C.SELF_RESCUED]
    rows["rescued"], rows["value"] = count[:, C.OTHER_RESCUED], count[:, C.VALUE] / MICRO
    rows["queued"] = counters.queued[which]
    _believe(network, which, rows)
    return rows


def trust(network: Network, which: np.ndarray) -> np.ndarray:
    """TRUST in models ``which`` (n,)."""
    rows = np.empty(len(which), TRUST)
    _believe(network, which, rows)
    return rows


def _believe(network, which, rows):
    rows["confidence"], rows["admission_confidence"] = network.evidence.bound(which), network.trusted(which)
    _weigh(which, network.evidence.records, rows)


@entry
def _seen(counts, queued, which):
    """Fill ``which`` with the models that have a count or somebody waiting; how many they are."""
    n = 0
    for m in range(len(counts)):
        seen = queued[m] > 0
        for c in range(counts.shape[1]):
            if seen:
                break
            seen = counts[m, c] != 0
        if seen:
            which[n] = m
            n += 1
    return n


@entry
def _weigh(which, records, rows):
    for i in range(len(which)):
        x, row = records[which[i]], rows[i]
        row.evidence_good, row.evidence_bad = x.good, x.bad
        row.design_effect, row.evidence_effective = x.d, x.n_eff / x.d
        row.mean = x.alpha / (x.alpha + x.beta)
