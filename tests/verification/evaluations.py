"""Evaluations of the gauntlet (M9), and the exact law of their score."""

from functools import cache

import numpy as np
from scipy.special import comb

from sim.trust.gauntlet import Evaluator
from tests.audits import location
from tests.candidates import PLAIN, settings
from tests.verification.tasks import pass_k

PROMPTS, REPEATS = 60, 3


def one_evaluation(made, **keys) -> np.ndarray:
    """Good outcomes (P, repeats, turns) of one large evaluation; prompts are independent of one another."""
    return Evaluator(settings(**PLAIN | dict(repeats=1, turns=1) | keys)).run(made, 0).good.astype(bool)


@cache
def score_law(ability: float, spread: float) -> np.ndarray:
    """Probability of 0 ... 180 good answers to 60 prompts x 3 repeats: prompts are independent, repeats share p."""
    mu = location(ability, spread)
    prompt = [comb(REPEATS, g) * pass_k(mu, spread, g, bad=REPEATS - g) for g in range(REPEATS + 1)]
    law = np.ones(1)
    for _ in range(PROMPTS):
        law = np.convolve(law, prompt)
    return law
