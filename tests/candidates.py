"""Candidates of the gauntlet, and configurations in which it tests one thing."""

import numpy as np

from sim.config import Config
from sim.response import median_logit, penalised
from sim.trust.candidate import CANDIDATE
from tests.configs import config

PLAIN = dict(gauntlet__edge=0, gauntlet__adversarial=0, gauntlet__known=0)


def settings(**keys) -> Config:
    """The shipped configuration with keys of the gauntlet such as ``prompts=100``, or ``seed``, ``response__gamma``."""
    return config(**{key if "__" in key or key == "seed" else f"gauntlet__{key}": v for key, v in keys.items()})


def candidate(ability=0.5, spread=2.0, uid=1, penalties=(0.0, 0.0, 0.0), derailed=1.5, **columns) -> np.ndarray:
    """A CANDIDATE array of one, of mean success rate ``ability`` on plain first turns."""
    made = np.zeros(1, CANDIDATE)
    made["uid"], made["spread"], made["fragility"], made["slots"], made["service_s"] = uid, spread, 1.0, 1, 1.0
    for klass, penalty in enumerate(penalties):
        for off in range(2):
            made["mu"][0, 2 * klass + off] = median_logit(penalised(ability, penalty + off * derailed), spread)
    for name, value in columns.items():
        made[name] = value
    return made
