"""Contrasts: what a decisive measure compares, as one linear combination over the arms of a seed."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.inference.dose import slope_weights
from scenarios.study.arms import Arms, Factor
from scenarios.study.saying import Said

KEYS = ("of", "against", "over", "at", "by", "between", "reference", "weights")
"""Keys of a study file that say a contrast."""

_ROUNDING = 1e-13
"""Beside the size of its terms a smaller sum is rounding."""


@dataclass(frozen=True)
class Contrast:
    """``weights``: arm → weight; ``words``: what it is, to be printed; ``reference``: what is taken off."""

    words: str
    weights: dict[str, float]
    reference: float = 0.0

    def of(self, values: pd.DataFrame) -> pd.Series:
        """weights @ values - reference in each row of ``values`` (rows, arms); NaN where an arm lacks its value.

        What is 0 but for rounding is 0: it has no sign.
        """
        held, weights = values.reindex(columns=list(self.weights)).to_numpy(float), np.array([*self.weights.values()])
        found = held @ weights - self.reference
        terms = np.abs(held) @ np.abs(weights) + abs(self.reference)
        return pd.Series(np.where(np.abs(found) <= _ROUNDING * terms, 0.0, found), values.index)

    def effects(self, values: pd.DataFrame) -> np.ndarray:
        """The same in each seed that lacks none, from ``values`` (seeds, arms)."""
        return self.of(values).dropna().to_numpy()


def contrast(arms: Arms, said: Said, found: dict[str, Said]) -> Contrast:
    """The contrast that the keys ``found`` at ``said`` name, in one of these forms.

    - ``of``, ``against``: an arm less another.
    - ``over`` a factor of numbers: the slope of a straight line; with ``of``, ``against``: one level less another; both
      averaged over the other factors, or ``at`` levels of some of them.
    - the same, ``by`` another factor ``between`` two of its levels: the effect at the second less that at the first.
    - ``reference``, with ``of`` an arm or ``at`` levels: the arm, or their mean, less that number.
    - ``weights``: any combination of arms, by arm.
    """
    given = found.keys() & set(KEYS)
    if "weights" in given:
        _only(said, given, {"weights"})
        weights = {arm: value.number() for arm, value in found["weights"].keys(arms.overrides).items()}
        if not all(weights.values()):
            raise found["weights"].wrong("allowed are weights other than 0")
        return Contrast(" ".join(f"{weight:+g}·{arm}" for arm, weight in weights.items()), weights)
    levels = found["at"].keys(arms.factors) if "at" in given else {}
    fixed = {name: level.one(arms.factors[name].levels) for name, level in levels.items()}
    if "reference" in given:
        return _level(arms, said, found, fixed)
    if "over" in given:
        return _over(arms, said, found, fixed)
    _only(said, given, {"of", "against"})
    if given != {"of", "against"}:
        raise said.fault("nothing is compared; allowed are of and against, over, reference or weights")
    of, against = (found[name].one(arms.overrides) for name in ("of", "against"))
    if of == against:
        raise found["against"].wrong("allowed is another arm than of")
    return Contrast(f"{of} - {against}", {of: 1.0, against: -1.0})


def _level(arms: Arms, said: Said, found: dict[str, Said], fixed: dict[str, str]) -> Contrast:
    _only(said, found.keys() & set(KEYS), {"reference", "of", "at"})
    if ("of" in found) == ("at" in found):
        raise said.fault("reference needs of, an arm, or at, levels of factors")
    chosen = [found["of"].one(arms.overrides)] if "of" in found else arms.where(fixed)
    base = found["reference"].number()
    words = f"{chosen[0] if 'of' in found else _words(fixed)} - {base:g}"
    return Contrast(words, {arm: 1 / len(chosen) for arm in chosen}, base)


def _over(arms: Arms, said: Said, found: dict[str, Said], fixed: dict[str, str]) -> Contrast:
    _only(said, found.keys() & set(KEYS), {"over", "of", "against", "at", "by", "between"})
    factor = arms.factors[found["over"].one(arms.factors)]
    free = {name: other for name, other in arms.factors.items() if name != factor.name and name not in fixed}
    if factor.name in fixed:
        raise found["at"].fault(f"{factor.name} is what the effect is over")
    at_level, words = _along(said, found, factor)
    if fixed:
        words += f" at {_words(fixed)}"
    share = dict.fromkeys(arms.where(fixed), 1.0)
    if {"by", "between"} & found.keys():
        if not {"by", "between"} <= found.keys():
            raise said.fault("by and between go together: another factor, and two of its levels")
        other = free[found["by"].one(free)]
        low, high = _two(found["between"], other)
        sign = {low: -1.0, high: 1.0}
        share = {arm: sign.get(arms.levels[arm][other.name], 0.0) for arm in share}
        words = f"({words}) by {other.name}: {high} - {low}"
    cells = sum(weight > 0 for weight in share.values()) / len(factor.levels)
    weights = {arm: at_level[arms.levels[arm][factor.name]] * weight / cells for arm, weight in share.items()}
    least = 1e-9 * max(map(abs, weights.values()))  # the middle of evenly spaced doses weighs nothing but rounding
    return Contrast(words, {arm: weight for arm, weight in weights.items() if abs(weight) > least})


def _along(said: Said, found: dict[str, Said], factor: Factor) -> tuple[dict[str, float], str]:
    """Weight of each level of ``factor``: of a difference of two, or of the least-squares slope."""
    if {"of", "against"} & found.keys():
        if not {"of", "against"} <= found.keys():
            raise said.fault("of and against go together: two levels of what the effect is over")
        of, against = (found[name].one(factor.levels) for name in ("of", "against"))
        if of == against:
            raise found["against"].wrong("allowed is another level than of")
        return dict.fromkeys(factor.levels, 0.0) | {of: 1.0, against: -1.0}, f"{factor.name}: {of} - {against}"
    if factor.doses is None:
        raise found["over"].wrong("its levels are no numbers, so it has no slope; allowed are of and against")
    return dict(zip(factor.levels, slope_weights(factor.doses).tolist(), strict=True)), f"per unit of {factor.name}"


def _two(said: Said, factor: Factor) -> tuple[str, str]:
    first, *rest = said.each(factor.levels) if isinstance(said.value, list) else [""]
    if len(rest) != 1 or rest[0] == first:
        raise said.wrong(f"allowed are two levels of {factor.name}")
    return first, rest[0]


def _only(said: Said, given: set[str], allowed: set[str]) -> None:
    for key in sorted(given - allowed):
        raise said.fault(f"{key} does not go with {', '.join(sorted(given & allowed)) or 'it'}")


def _words(fixed: dict[str, str]) -> str:
    return ", ".join(f"{name}={level}" for name, level in fixed.items())
