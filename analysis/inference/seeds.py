"""How many seeds a wanted precision needs."""

import math

from analysis.errors import InputError
from analysis.inference.paired import Interval, t_interval

_MOST = 1e6
"""How many times narrower than the pilot's an interval can be wanted: that takes 10¹² times its seeds."""


def seeds_needed(pilot, half_width: float, level: float = 0.95) -> int:
    """Seeds for an interval of the mean of ± ``half_width``, by two stages (Stein, Ann. Math. Stat. 16, 1945).

    max(n0, ⌈(t_(n0-1)·sd/half_width)²⌉) with the sd of the n0 ``pilot`` values. The mean of so many seeds, the pilot's
    among them, lies within ± half_width of the truth with probability ``level`` or more, for normal values.
    """
    return seeds_after(t_interval(pilot, level), half_width)


def seeds_after(pilot: Interval, half_width: float) -> int:
    """The same from the t interval of the pilot: max(n0, ⌈n0·(its half-width/half_width)²⌉)."""
    if not half_width > 0:
        raise InputError(f"a half-width of {half_width:g}; allowed is a positive one")
    ratio = (pilot.high - pilot.low) / 2 / half_width
    if not ratio < _MOST:
        raise InputError(
            f"a half-width of {half_width:g}, {ratio:.3g} times narrower than the pilot's; allowed is wider"
        )
    return max(pilot.n, math.ceil(pilot.n * ratio**2))
