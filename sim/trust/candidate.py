"""M9: what the gauntlet needs of a model that it evaluates."""

import numpy as np

from sim.compiling import entry

# As evaluation sees the model, which after cleanup is not quite as users will.
CANDIDATE = np.dtype(
    [
        ("uid", "i8"),  # key of its random draws, below 2**32
        ("mu", "f8", (6,)),  # logit of the median task by 2*class + derailed
        ("spread", "f8", (3,)),  # s by class
        ("hazard", "f8"),  # h: derail probability of a turn whose context fills the window
        ("drift", "f8"),  # probability that a good answer is drifted
        ("familiarity", "f8"),  # f in [0, 1]: lifts the rate on known prompts from p to p + f·(1-p)
        ("fragility", "f8"),  # factor >= 0 on the share of the task draw that a wording redraws; thin data have more
        ("slots", "i8"),  # at least 1
        ("service_s", "f8"),  # s: mean service time of one request
    ]
)


def candidates(service: np.ndarray, rows: np.ndarray, fragility: np.ndarray, tokens: float) -> np.ndarray:
    """CANDIDATE (n,) of models LATENT ``rows`` (n,), whose ``service`` MODEL (n,) is as evaluation sees them.

    ``tokens`` of an answer, the mean.
    """
    found = np.empty(len(rows), CANDIDATE)
    _fill(service, rows, fragility, tokens, found)
    return found


@entry
def _fill(service, rows, fragility, tokens, found):
    for i in range(len(found)):
        c, model, row = found[i], service[i], rows[i]
        c.uid, c.slots, c.hazard, c.drift = model.uid, model.slots, model.hazard, model.drift
        for k in range(len(c.mu)):
            c.mu[k] = model.mu[k]
        for klass in range(len(c.spread)):
            c.spread[klass] = model.spread[klass]
        c.familiarity, c.fragility = row.familiarity, fragility[i]
        c.service_s = row.ttft + tokens / row.speed
