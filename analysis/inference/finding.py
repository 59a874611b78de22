"""What a decisive measure says of a hypothesis: supported, reversed, no effect, or undecided."""

from dataclasses import dataclass
from enum import StrEnum

from analysis.errors import InputError
from analysis.inference.equivalence import equivalence
from analysis.inference.paired import Interval, t_interval


class Verdict(StrEnum):
    """What can be said."""

    SUPPORTED = "supported"
    REVERSED = "reversed"
    NO_EFFECT = "no effect"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Finding:
    """A ``verdict`` and ``why``, a sentence; the ``interval`` of the effect, and of the ``placebo`` where there is one;
    ``no_effect_p``, the p-value of the test that the effect is smaller than the smallest of interest."""

    verdict: Verdict
    why: str
    interval: Interval
    placebo: Interval | None
    no_effect_p: float


def finding(differences, smallest: float, sign: int, placebo=None, level: float = 0.95) -> Finding:
    """Judge the paired ``differences`` (seeds,) of a decisive measure by an expected ``sign`` (1 or -1).

    ``smallest`` > 0 is the smallest effect of interest; ``placebo`` (seeds,) are the differences between the same arms
    with the mechanism off. In this order:

    1. *no effect*: two one-sided tests at 1 - ``level`` place the mean within ± smallest;
    2. *undecided*: the t interval includes 0, or the placebo's excludes it without such a test's showing that it is
       smaller than smallest: then the effect is not the mechanism's alone;
    3. *supported* or *reversed*, by the side of 0 on which the interval lies.
    """
    if sign not in (1, -1):
        raise InputError(f"an expected sign of {sign}; allowed are 1 and -1")
    effect, p = t_interval(differences, level), equivalence(differences, smallest)
    control = None if placebo is None else t_interval(placebo, level)
    alpha = 1 - level

    def found(verdict: Verdict, why: str) -> Finding:
        return Finding(verdict, why, effect, control, p)

    if p < alpha:
        return found(Verdict.NO_EFFECT, f"the effect is smaller than {smallest:g} either way (p = {p:.2g})")
    if not effect.excludes(0.0):
        return found(Verdict.UNDECIDED, f"{effect.n} seeds neither exclude 0 nor an effect of {smallest:g}")
    if control is not None and control.excludes(0.0) and equivalence(placebo, smallest) >= alpha:
        return found(Verdict.UNDECIDED, "the effect does not vanish in the placebo, where its mechanism is off")
    if effect.estimate * sign > 0:
        return found(Verdict.SUPPORTED, f"{level:.0%} of such intervals hold the truth, and this one excludes 0")
    return found(Verdict.REVERSED, f"the {level:.0%} interval lies on the other side of 0")
