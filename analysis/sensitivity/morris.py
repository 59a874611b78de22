"""Morris's elementary effects of the mean over seeds, by SALib, beside what luck alone would make of them."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.intervals import Z95
from analysis.sensitivity.noise import DUMMY, own_variance

RESAMPLES = 1000

MU_STAR, MU, SIGMA, LUCK = "mu_star", "mu", "sigma", "luck"

LEVELS = 4
"""Of the grid of the trajectories, as SALib has it unless told otherwise: a step goes 2/3 of a range."""


def morris(unit: np.ndarray, values: np.ndarray, names: Sequence[str]) -> pd.DataFrame:
    """mu_star with its 95 % interval, mu, sigma and luck of each of ``names``, the dummy last: parameter, index,
    estimate, low, high. An effect is what a step of the grid does, scaled to the whole range.

    ``unit``: (trajectories, parameters + 1, parameters) of the grid in [0, 1]; ``values``: (trajectories,
    parameters + 1, seeds), finite. Worlds of a trajectory share their seeds until the dummy's step, and from it on.

    ``luck`` is the mu_star that a parameter without effect would have: √(2/π) times the root of the mean variance that
    the seeds give its effects; and between what it would then lie, 95 % of the time. Normal noise is assumed.
    """
    from SALib.analyze.morris import analyze

    problem = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
    flat, means = unit.reshape(-1, len(names)), values.mean(2).ravel()
    found = analyze(problem, flat, means, num_resamples=RESAMPLES, num_levels=LEVELS, seed=1)
    rows, least = [], _ROUNDING * max(found[MU_STAR])
    for i, (name, luck) in enumerate(zip(names, _luck(unit, values), strict=True)):
        star, half = float(found[MU_STAR][i]), float(found["mu_star_conf"][i])
        star = star if star > least else 0.0
        rows.append((name, MU_STAR, star, max(0.0, star - half), star + half))
        for index in (MU, SIGMA):
            value = float(found[index][i])
            rows.append((name, index, value if abs(value) > least else 0.0, math.nan, math.nan))
        luck = luck if luck > least else 0.0
        half = Z95 * luck * math.sqrt((math.pi / 2 - 1) / len(values))  # the mean of so many half-normal numbers
        rows.append((name, LUCK, luck, max(0.0, luck - half), luck + half))
    return pd.DataFrame(rows, columns=["parameter", "index", "estimate", "low", "high"])


_ROUNDING = 1e-12
"""What is so small beside the largest effect is none."""


def _luck(unit: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The mu_star of luck alone, (parameters,)."""
    steps = np.diff(unit, axis=1)
    moved = np.abs(steps).argmax(2)  # (trajectories, parameters): which one a step moves
    length = np.take_along_axis(steps, moved[:, :, None], 2)[:, :, 0]
    alone = own_variance(values)
    variance = own_variance(np.diff(values, axis=1))
    fresh = moved == unit.shape[2] - 1
    variance[fresh] = (alone[:, :-1] + alone[:, 1:])[fresh]
    by_parameter = np.take_along_axis(variance / length**2, np.argsort(moved, axis=1), 1)
    return np.sqrt(2 / np.pi * by_parameter.mean(0))


def moving(indices: pd.DataFrame) -> list[str]:
    """The parameters that in any output do more than other seeds would: mu_star above the whole luck of the dummy."""
    stars = indices[indices["index"] == MU_STAR]
    dummy = indices[(indices["index"] == LUCK) & (indices["parameter"] == DUMMY)].set_index("output")["high"]
    kept = stars[stars["estimate"] > stars["output"].map(dummy)]["parameter"]
    return [name for name in dict.fromkeys(indices["parameter"]) if name in set(kept) and name != DUMMY]
