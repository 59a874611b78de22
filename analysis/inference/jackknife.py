"""Intervals for what is no mean of one number a seed, such as a tail or a volume: leave out one world at a time."""

from collections.abc import Callable

import numpy as np

from analysis.inference.paired import Interval, t_interval


def jackknife(statistic: Callable[[np.ndarray], float], n: int, level: float = 0.95) -> Interval:
    """Interval of ``statistic`` of the rows 0 … n-1, by Student's t over pseudo-values (Tukey 1958).

    ``statistic`` gets the numbers of the rows to be used. Of a mean it is Student's interval itself; of what rests on
    one row alone, such as a maximum, it is rough. Raises ``InputError`` where fewer than two pseudo-values are defined.
    """
    every = np.arange(n)
    whole = float(statistic(every))
    pseudo = [n * whole - (n - 1) * float(statistic(np.delete(every, i))) for i in every]
    found = t_interval(pseudo, level)
    half = (found.high - found.low) / 2
    return Interval(whole, whole - half, whole + half, level, found.n, "jackknife")
