"""Attribution: what each of several mechanisms contributes to a measure, from an arm for each subset of them.

An arm is named by the set of mechanisms that are on in it; its value is the measure there, a number or one for each
seed, the same seeds in every arm. n mechanisms need all 2ⁿ arms.
"""

from collections.abc import Mapping
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd

from analysis.errors import InputError
from analysis.inference.paired import check_level, numbers

Arms = Mapping[frozenset[str], "float | np.ndarray"]


def shapley(values: Arms) -> dict[str, np.ndarray]:
    """The Shapley value of each mechanism: a number, or (seeds,).

    φ_i = Σ over S without i of |S|!·(n-|S|-1)!/n! · (v(S ∪ i) - v(S)): the mean of what i adds over all orders in which
    the mechanisms can be switched on (Shapley 1953). They add up to v(all) - v(none).
    Raises ``InputError`` where an arm is missing, or values are not finite or not of the same seeds.
    """
    names, v = _checked(values)
    n = len(names)
    return {
        i: sum(_weight(len(s), n - 1) * (v[s | {i}] - v[s]) for s in _subsets([name for name in names if name != i]))
        for i in names
    }


def interactions(values: Arms) -> dict[tuple[str, str], np.ndarray]:
    """The Shapley interaction index of each pair of mechanisms: a number, or (seeds,).

    I_ij = Σ over S without i, j of |S|!·(n-|S|-2)!/(n-1)! · (v(S ∪ ij) - v(S ∪ i) - v(S ∪ j) + v(S)) (Grabisch &
    Roubens, International Journal of Game Theory 28, 1999). Above 0 the two do more together than each does alone,
    below 0 less. Raises ``InputError`` as `shapley`.
    """
    names, v = _checked(values)
    n = len(names)
    return {
        (i, j): sum(
            _weight(len(s), n - 2) * (v[s | {i, j}] - v[s | {i}] - v[s | {j}] + v[s])
            for s in _subsets([name for name in names if name not in (i, j)])
        )
        for i, j in combinations(names, 2)
    }


def attribution(values: Arms, level: float = 0.95, draws: int = 2_000) -> pd.DataFrame:
    """What each mechanism and each pair contributes, with intervals: a row each, and one for the total.

    Columns: mechanism (``a``, ``a × b`` for an interaction, ``total``); value, the mean over seeds; low and high, its
    percentile bootstrap over seeds (Efron & Tibshirani 1993) at ``level``, from ``draws`` resamples that all rows
    share, NaN with fewer than two seeds. The rows of single mechanisms add up to the total. Raises ``InputError`` as
    `shapley`.
    """
    check_level(level)
    alone, pairs, (names, v) = shapley(values), interactions(values), _checked(values)
    rows = alone | {f"{i} × {j}": value for (i, j), value in pairs.items()}
    rows["total"] = v[frozenset(names)] - v[frozenset()]
    by_seed = np.stack([np.atleast_1d(value) for value in rows.values()])  # (rows, seeds)
    seeds = by_seed.shape[1]
    low = high = np.full(len(rows), np.nan)
    if seeds > 1:
        counts = np.random.default_rng(0).multinomial(seeds, np.full(seeds, 1 / seeds), draws)
        low, high = np.quantile(by_seed @ counts.T / seeds, [(1 - level) / 2, (1 + level) / 2], axis=1)
    return pd.DataFrame({"mechanism": [*rows], "value": by_seed.mean(axis=1), "low": low, "high": high})


def _weight(chosen: int, others: int) -> float:
    """The share of the orders of ``others`` and one more in which just these ``chosen`` come before that one."""
    return factorial(chosen) * factorial(others - chosen) / factorial(others + 1)


def _subsets(names: list[str]) -> list[frozenset[str]]:
    return [frozenset(found) for size in range(len(names) + 1) for found in combinations(names, size)]


def _checked(values: Arms) -> tuple[list[str], dict[frozenset[str], np.ndarray]]:
    """The mechanisms, sorted, and the value of each arm."""
    names = sorted(frozenset().union(*values)) if values else []
    wanted = _subsets(names)
    missing = [_spelt(arm) for arm in wanted if arm not in values]
    if missing:
        raise InputError(f"arms over {_spelt(names)}: found none of {', '.join(missing)}; allowed are all subsets")
    held = {arm: numbers(values[arm]) for arm in wanted}
    if len({value.shape for value in held.values()}) > 1:
        sizes = ", ".join(f"{_spelt(arm)} has {value.size}" for arm, value in held.items())
        raise InputError(f"arms of unlike seeds: {sizes}; allowed is a number a seed, of the same seeds in every arm")
    for arm, value in held.items():
        if value.ndim > 1 or not value.size:
            raise InputError(f"arm {_spelt(arm)}: values of shape {value.shape}; allowed is a number, or one a seed")
        if not np.isfinite(value).all():
            raise InputError(f"arm {_spelt(arm)}: found a value that is not finite; allowed are numbers")
    return names, held


def _spelt(arm) -> str:
    return "{" + ", ".join(sorted(arm)) + "}"
