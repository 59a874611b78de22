"""What the users of a network lose where all models of a lineage fail at once, as models that share weaknesses do."""

import numpy as np


def loss(turns: np.ndarray, success: np.ndarray, lineage: np.ndarray, domain: np.ndarray) -> np.ndarray:
    """Loss of the success rate of all turns where a lineage fails, (lineages,), each in [-1, 1].

    Of models (M,): routed ``turns``, ``success`` rates, lineages and domains numbered from 0. The turns of a failed
    model go to the others of its domain by their shares, whose success rates stay as they are; where there is no other
    they fail. In domain d of T_d turns and success rate Q_d that is Σ_d T_d/T·(Q_d - Q_d without the lineage), below 0
    where the others are better. Queues that this would fill are left out, so it is the least that one would lose. NaN
    where there are no turns.
    """
    many = int(domain.max(initial=0)) + 1
    cell = lineage * many + domain
    shape = (int(lineage.max(initial=0)) + 1, many)
    routed, good = (np.bincount(cell, w, shape[0] * many).reshape(shape) for w in (turns, turns * success))
    turns_of, good_of = routed.sum(axis=0), good.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        left = turns_of - routed
        then = np.where(left > 0, (good_of - good) / left, 0.0)
        lost = np.where(routed > 0, turns_of * (good_of / turns_of - then), 0.0)
        return lost.sum(axis=1) / turns_of.sum()
