"""M9: rules that turn the outcomes of an evaluation into a score, and into counts that become evidence.

A rule is a function ``rule(outcomes) -> Score``. ``RULES`` has those of this module; a user's own is named by its
import path, ``module:function``.
"""

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from sim import own
from sim.compiling import entry
from sim.errors import shown


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
    return _score(outcomes.good, outcomes.bounds)


def pass_k(outcomes: Outcomes) -> Score:
    """pass^k: a prompt counts, and it is good where all answers of its k repeats are."""
    return _score(outcomes.good.all(axis=(1, 2), keepdims=True), outcomes.bounds)


def agreement_k(outcomes: Outcomes) -> Score:
    """agreement^k: a prompt counts, and it is good where all answers of its k repeats are, and none is drifted."""
    firm = outcomes.good > outcomes.drifted
    return _score(firm.all(axis=(1, 2), keepdims=True), outcomes.bounds)


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
    part = _score(outcomes.good[low:high], (0, high - low))
    return part._replace(by_class=whole.by_class)


def _score(good, bounds) -> Score:
    """The score where the answers to each prompt are ``good`` (P, repeats, turns) or not."""
    prompts, n = len(good), good[0].size
    found = np.empty(len(bounds) + 1)
    _tally(good, bounds, found)
    *by_class, g, squares = found.tolist()
    size = float(prompts * n)
    return Score(g / size, tuple(by_class), g, size - g, (size, g, squares, g * n, size * n))


@entry
def _tally(good, bounds, found):
    """Share of good answers by class, nan without prompts; then Σg and Σg² over prompts with g good answers."""
    repeats, turns = good.shape[1:]
    n, total, squares = repeats * turns, 0, 0
    for klass in range(len(bounds) - 1):
        low, high, before = bounds[klass], bounds[klass + 1], total
        for prompt in range(low, high):
            g = 0
            for repeat in range(repeats):
                for turn in range(turns):
                    g += good[prompt, repeat, turn]
            total += g
            squares += g * g
        found[klass] = (total - before) / (n * (high - low)) if high > low else np.nan
    found[-2], found[-1] = total, squares


RULES = {rule.__name__: rule for rule in (mean, pass_k, agreement_k, worst_class)}
"""The rules by name."""


def resolve(name: str):
    """The rule that ``gauntlet.score`` names. Raises ``InputError`` where there is none."""
    return own.resolve("gauntlet.score", name, RULES, "a rule", _read)


def _read(found, outcomes) -> Score:
    if not isinstance(found, Score) or len(found.clusters) != 5 or len(found.by_class) != 3:
        raise own.Unusable(f"returned {shown(found)}; allowed is a sim.trust.scores.Score")
    shares = [found.mean, *(share for share in found.by_class if not math.isnan(share))]
    if not all(0.0 <= share <= 1.0 for share in shares):
        raise own.Unusable(f"returned {shown(found)}; allowed are shares from 0 to 1")
    counts = [found.good, found.bad, *found.clusters]
    if not all(0.0 <= count < math.inf for count in counts):
        raise own.Unusable(f"returned {shown(found)}; allowed are counts from 0")
    return found
