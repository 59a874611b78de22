"""M3: how models mature with traffic, how they age, and what evaluation sees of them.

    a(V) = a* - (a* - a0)·exp(-V/V0),  logit a0 = logit a* - gap,  logit a = logit a(V) - staleness·days since work

V counts served turns only: what gets no traffic does not mature. Hazard, drift and penalties start ``rawness`` higher
and spread as much lower; they mature along the same curve.
"""

import numpy as np
from scipy.special import expit, logit

from sim.config import Learning

# What models are like on one day.
TODAY = np.dtype([(name, "f8") for name in ("ability", "spread", "hazard", "drift", "e_edge", "e_adv")])


def immaturity(live: np.ndarray, v0: float) -> np.ndarray:
    """exp(-V/V0): the share of the way to maturity that is left after ``live`` turns; 0 where V0 is 0."""
    return np.exp(-live / v0) if v0 > 0 else np.zeros(np.shape(live))


def ability(rows: np.ndarray, day: float, learning: Learning) -> np.ndarray:
    """Success rates on plain first turns of models ``rows`` (LATENT) on ``day``."""
    potential = rows["potential"]
    start = expit(logit(potential) - rows["gap"])
    learned = potential - (potential - start) * immaturity(rows["live"], learning.v0)
    return expit(logit(learned) - learning.staleness * (day - rows["worked_day"]))


def matured(rows: np.ndarray, ability: np.ndarray, learning: Learning) -> np.ndarray:
    """TODAY of models ``rows`` (LATENT) whose ability is ``ability``. Hazard and drift stay chances, at most 1."""
    today = np.empty(np.shape(rows), TODAY)
    raw = rows["rawness"] * immaturity(rows["live"], learning.v0)
    today["ability"] = ability
    today["spread"] = rows["spread"] * (1.0 - raw)
    for name in ("e_edge", "e_adv"):
        today[name] = rows[name] * (1.0 + raw)
    for name in ("hazard", "drift"):
        today[name] = np.minimum(rows[name] * (1.0 + raw), 1.0)
    return today


def shown(rows: np.ndarray, today: np.ndarray, lasting: float) -> np.ndarray:
    """What evaluation sees of TODAY: cleanup's whole cut of drift and penalties, and ability as on the data's own draw.

    Cleanup left the share ``polish`` to be seen; live, of what it cut, only the share ``lasting`` is gone.
    """
    seen = today.copy()
    live = 1.0 - lasting * (1.0 - rows["polish"])
    # Where nothing is left live, nothing is left to polish either.
    factor = np.divide(rows["polish"], live, out=np.ones(np.shape(live)), where=live > 0)
    for name in ("drift", "e_edge", "e_adv"):
        seen[name] = today[name] * factor
    seen["ability"] = expit(logit(today["ability"]) + rows["demo"])
    return seen
