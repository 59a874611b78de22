"""How many seeds a wanted precision needs."""

import math

import numpy as np
from scipy import stats

from analysis.errors import InputError
from analysis.inference.paired import sample


def seeds_needed(pilot, half_width: float, level: float = 0.95) -> int:
    """Seeds for an interval of the mean of ± ``half_width``, by two stages (Stein, Ann. Math. Stat. 16, 1945).

    max(n0, ⌈(t_(n0-1)·sd/half_width)²⌉) with the sd of the n0 ``pilot`` values. The mean of so many seeds, the pilot's
    among them, lies within ± half_width of the truth with probability ``level`` or more, for normal values.
    """
    if not half_width > 0:
        raise InputError(f"a half-width of {half_width:g}; allowed is a positive one")
    pilot = sample(pilot)
    n0 = len(pilot)
    t = stats.t.ppf((1 + level) / 2, n0 - 1)
    return max(n0, math.ceil((t * np.std(pilot, ddof=1) / half_width) ** 2))
