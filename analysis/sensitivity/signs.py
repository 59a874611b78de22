"""In what share of worlds a finding keeps the sign that it has with the constants as they are."""

from typing import NamedTuple

import numpy as np

from analysis.inference.paired import t_interval
from analysis.intervals import Z95, wilson
from analysis.sensitivity.noise import own_variance


class Signs(NamedTuple):
    """A finding over worlds. ``estimate``, ``low``, ``high``: its mean with the constants as they are; ``sign``: of it.

    Of ``worlds`` so many ``kept`` it, the share ``share`` with Wilson's interval to ``share_high``. ``noise``: the
    standard error that seeds give to the mean of a world, pooled over worlds. ``surely_kept`` and ``surely_turned`` are
    `sure`; the rest is too near to 0 for so few seeds.
    """

    estimate: float
    low: float
    high: float
    sign: int
    worlds: int
    kept: int
    share: float
    share_low: float
    share_high: float
    noise: float
    surely_kept: int
    surely_turned: int


def signs(own: np.ndarray, values: np.ndarray) -> Signs:
    """``own``: (seeds,) effects with the constants as they are; ``values``: (worlds, seeds), finite."""
    there, means, variance = t_interval(own), values.mean(1), own_variance(values)
    sign = -1 if there.estimate < 0 else 1
    kept = keeps(sign, means)
    low, high = (float(end) for end in wilson(kept.sum(), len(kept)))
    noise, beyond = float(np.sqrt(variance.mean())), sure(means, variance)
    return Signs(
        there.estimate, there.low, there.high, sign, len(kept), int(kept.sum()), float(kept.mean()), low, high, noise,
        int((kept & beyond).sum()), int((~kept & beyond).sum()),
    )  # fmt: skip


def sure(means: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Of which worlds the mean lies beyond 1.96 standard errors of 0, (worlds,).

    ``means`` over seeds, and their ``variance`` as `own_variance` has it: (worlds,) each.

    The error is the world's own or that pooled over worlds, whichever is larger: some worlds are many times as noisy as
    others, and the pooled one alone would mostly call these sure; of few seeds their own is often small by chance.
    """
    return np.abs(means) > Z95 * np.sqrt(np.maximum(variance, variance.mean()))


def keeps(sign: int, means: np.ndarray) -> np.ndarray:
    """Which of the means over seeds, (worlds,), have the sign; 0 has none."""
    return sign * means > 0
