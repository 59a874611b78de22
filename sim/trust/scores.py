"""M9: rules that turn the outcomes of an evaluation into a score, and into counts that become evidence.

A rule is a function ``rule(outcomes) -> Score``. Every public function of this module is one, by its name.
"""

import inspect
import math
import sys
from itertools import pairwise
from typing import NamedTuple

import numpy as np


class Outcomes(NamedTuple):
    """What an evaluation brought: P prompts, each repeated, each repeat of some turns."""

    good: np.ndarray  # int8 (P, repeats, turns): 1 where the answer was good and came in time
    drifted: np.ndarray  # int8 (P, repeats, turns): 1 where a good answer was drifted
    bounds: tuple[int, ...]  # prompts bounds[c] to bounds[c + 1] are of class c


class Score(NamedTuple):
    """One evaluation as a rule sees it."""

    mean: float  # share of good outcomes
    by_class: tuple[float, float, float]  # the same by class; nan for a class without prompts
    good: float  # outcomes that become evidence
    bad: float
    clusters: tuple[float, float, float, float, float]  # Σn, Σg, Σg², Σgn, Σn² over prompts, as in sim.trust.clusters


def mean(outcomes: Outcomes) -> Score:
    """Every answer counts; those to one prompt are one cluster."""
    good = outcomes.good
    return _score(good.reshape(len(good), -1).sum(axis=1), good[0].size, outcomes.bounds)


def pass_k(outcomes: Outcomes) -> Score:
    """pass^k: a prompt counts, and it is good where all answers of its k repeats are."""
    good = outcomes.good
    return _score(good.reshape(len(good), -1).all(axis=1), 1, outcomes.bounds)


def agreement_k(outcomes: Outcomes) -> Score:
    """agreement^k: a prompt counts, and it is good where all answers of its k repeats are, and none is drifted."""
    firm = outcomes.good > outcomes.drifted
    return _score(firm.reshape(len(firm), -1).all(axis=1), 1, outcomes.bounds)


def worst_class(outcomes: Outcomes) -> Score:
    """``mean`` in the class where it is lowest, the first of them at a tie; the other classes leave no evidence.

    The least of noisy means lies below the mean of the worst class, the more so the fewer prompts the classes have.
    """
    whole = mean(outcomes)
    low, high = min(
        (share, bounds)
        for share, bounds in zip(whole.by_class, pairwise(outcomes.bounds), strict=True)
        if bounds[0] < bounds[1]
    )[1]
    good = outcomes.good[low:high]
    good = good.reshape(high - low, -1)
    part = _score(good.sum(axis=1), good.shape[1], (0, high - low, high - low, high - low))
    return Score(part.mean, whole.by_class, part.good, part.bad, part.clusters)


def _score(g, n: int, bounds) -> Score:
    """The score where prompts are good ``g`` (P,) times out of ``n`` each."""
    upto = [0.0, *np.cumsum(g, dtype=float).tolist()]
    size, good = float(len(g) * n), upto[-1]
    by_class = tuple(
        (upto[high] - upto[low]) / (n * (high - low)) if high > low else math.nan for low, high in pairwise(bounds)
    )
    squares = float(np.square(g, dtype=float).sum())  # g may be bool
    return Score(good / size, by_class, good, size - good, (size, good, squares, good * n, size * n))


RULES = {
    name: rule
    for name, rule in inspect.getmembers(sys.modules[__name__], inspect.isfunction)
    if rule.__module__ == __name__ and not name.startswith("_")
}
"""The rules by name."""
