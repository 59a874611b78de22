"""M9: what the gauntlet needs of a model that it evaluates."""

import math

import numpy as np

from sim.compiling import entry, record
from sim.config import Config
from sim.datasets import thinness
from sim.learning import TODAY, mature, show
from sim.models import respond, uid

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

# What all candidates share.
_SHARED = np.dtype(
    [
        ("v0", "f8"),
        ("staleness", "f8"),
        ("lasting", "f8"),
        ("dispersion", "f8"),
        ("derail_penalty", "f8"),
        ("thin_hazard", "f8"),
        ("missing", "f8"),
        ("effect", "f8"),
        ("tokens", "f8"),  # of an answer, the mean
    ]
)


class Candidates:
    """Makes candidates of models, in one world: ``missing`` is what the data at its start miss."""

    def __init__(self, config: Config, missing: float):
        learning, response, data, demand = config.learning, config.response, config.data, config.demand
        self._shared = record(
            _SHARED, learning.v0, learning.staleness, config.developers.cleanup.lasting,
            response.adversarial_dispersion, response.derail_penalty, data.thin_hazard, missing, data.effect,
            math.exp(demand.output_mu + demand.output_sigma**2 / 2),
        )  # fmt: skip
        self._today = np.empty(1, TODAY)

    def of(self, rows: np.ndarray, day: float) -> np.ndarray:
        """CANDIDATE (n,): models ``rows`` (LATENT (n,)) as evaluation sees them on ``day``."""
        found = np.empty(len(rows), CANDIDATE)
        _fill(rows, day, self._shared, self._today, found)
        return found


@entry
def _fill(rows, day, shared, todays, found):
    x, today = shared[0], todays[0]
    for i in range(len(found)):
        c, row = found[i], rows[i]
        mature(row, day, x.v0, x.staleness, today)
        show(row, x.lasting, today)
        respond(today, x.dispersion, x.derail_penalty, c.spread, c.mu)
        c.uid, c.slots, c.hazard, c.drift = uid(row), row.slots, today.hazard, today.drift
        c.familiarity, c.fragility = row.familiarity, thinness(row.missing, x.missing, x.thin_hazard, x.effect)
        c.service_s = row.ttft + x.tokens / row.speed
