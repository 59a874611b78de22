"""What a decisive measure says of a hypothesis: supported, reversed, no effect, or undecided."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from analysis.errors import InputError
from analysis.inference.equivalence import equivalence
from analysis.inference.family import p_value
from analysis.inference.paired import Interval, t_interval


class Verdict(StrEnum):
    """What can be said."""

    SUPPORTED = "supported"
    REVERSED = "reversed"
    NO_EFFECT = "no effect"
    UNDECIDED = "undecided"


class Standing(StrEnum):
    """What becomes of an effect in a placebo: it is smaller than of interest, is there too, or is there the other way;
    or neither 0 nor an effect of interest is excluded."""

    VANISHES = "vanishes"
    STAYS = "stays"
    TURNS = "turns"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Finding:
    """A ``verdict`` and ``why``, a sentence; the ``interval`` of the effect, and what becomes of it in each of the
    ``placebos``."""

    verdict: Verdict
    why: str
    interval: Interval
    placebos: tuple[Standing, ...]


def finding(
    differences, smallest: float, sign: int, placebos: Sequence = (), level: float = 0.95, p: float | None = None
) -> Finding:
    """Judge the paired ``differences`` (seeds,) of a decisive measure by an expected ``sign``: 1, -1, or 0 for none.

    ``smallest`` > 0 is the smallest effect of interest; each of ``placebos`` (seeds,) are the differences with the
    mechanism off; ``p`` is what `claim_p` gives, corrected over a family, and that itself where it stands alone. In
    this order, with α = 1 - ``level``:

    1. two one-sided tests at α place the mean within ± smallest: *no effect*, or, where none is expected and ``p`` < α,
       *supported*;
    2. the t interval includes 0: *undecided*; where no effect is expected and it does not: *reversed*;
    3. ``p`` >= α, or the effect stays in a placebo (`standing`), so that it is not the mechanism's alone: *undecided*;
    4. *supported* or *reversed*, by the side of 0 on which the interval lies.
    """
    if sign not in (1, -1, 0):
        raise InputError(f"an expected sign of {sign}; allowed are 1, -1 and 0")
    effect, within = t_interval(differences, level), equivalence(differences, smallest)
    held = tuple(standing(placebo, effect, smallest, level) for placebo in placebos)
    alpha, sure = 1 - level, f"{100 * level:.0f} %"
    p = claim_p(differences, smallest, sign) if p is None else p

    def found(verdict: Verdict, why: str) -> Finding:
        return Finding(verdict, why, effect, held)

    chance = f"one of several decisive measures, and of so many it may be chance (p = {p:.2g})"
    if within < alpha:
        why = f"the effect is smaller than {smallest:g} either way (p = {within:.2g})"
        if effect.low == effect.high:
            why = f"the effect is {effect.estimate:g} in every seed"
        if sign:
            return found(Verdict.NO_EFFECT, why)
        return found(Verdict.SUPPORTED, why) if p < alpha else found(Verdict.UNDECIDED, chance)
    if not effect.excludes(0.0):
        return found(Verdict.UNDECIDED, f"{effect.n} seeds neither exclude 0 nor an effect of {smallest:g}")
    if not sign:
        return found(Verdict.REVERSED, f"no effect was expected, and the {sure} interval excludes 0")
    if p >= alpha:
        return found(Verdict.UNDECIDED, chance)
    if Standing.STAYS in held:
        return found(Verdict.UNDECIDED, "the effect does not vanish in a placebo, where its mechanism is off")
    if effect.estimate * sign > 0:
        return found(Verdict.SUPPORTED, f"{sure} of such intervals hold the truth, and this one excludes 0")
    return found(Verdict.REVERSED, f"the {sure} interval lies on the other side of 0")


def standing(placebo, effect: Interval | None, smallest: float, level: float = 0.95) -> Standing:
    """What becomes of ``effect`` in a ``placebo`` (seeds,), the differences with the mechanism off.

    In this order: *vanishes* where two one-sided tests place the placebo's mean within ± ``smallest``; *unclear* where
    its interval includes 0; *turns* where it and the effect's lie on two sides of 0, else *stays*. ``effect``: None
    where it is defined in too few seeds.
    """
    control = t_interval(placebo, level)
    if equivalence(placebo, smallest) < 1 - level:
        return Standing.VANISHES
    if not control.excludes(0.0):
        return Standing.UNCLEAR
    turned = effect is not None and effect.excludes(0.0) and control.estimate * effect.estimate < 0
    return Standing.TURNS if turned else Standing.STAYS


def claim_p(differences, smallest: float, sign: int) -> float:
    """p-value of what ``finding`` tests of ``differences`` (seeds,): that they are 0; of no sign, that they are not."""
    return p_value(differences) if sign else equivalence(differences, smallest)
