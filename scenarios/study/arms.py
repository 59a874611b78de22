"""The arms of a study: named one by one, or the product of factors."""

import itertools
from dataclasses import dataclass
from functools import cached_property

from scenarios.study.saying import Said, word


@dataclass(frozen=True)
class Factor:
    """One lever of a design. ``levels``: name → overrides; ``doses``: the levels as numbers, where they all are."""

    name: str
    levels: dict[str, tuple[str, ...]]
    doses: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Arms:
    """``overrides``: arm → overrides. ``levels``: arm → its level of each of ``factors``, which may be none."""

    overrides: dict[str, tuple[str, ...]]
    factors: dict[str, Factor]
    levels: dict[str, dict[str, str]]

    def baseline(self, arm: str) -> str:
        """The arm that ``arm`` is a twin of, and is matched to.

        Where arms are named the first; of factors that with the first of them at its first level and the others alike.
        """
        if not self.factors:
            return next(iter(self.overrides))
        lever = next(iter(self.factors.values()))
        return self._by_levels[tuple((self.levels[arm] | {lever.name: next(iter(lever.levels))}).values())]

    @cached_property
    def _by_levels(self) -> dict[tuple[str, ...], str]:
        return {tuple(levels.values()): arm for arm, levels in self.levels.items()}

    def where(self, fixed: dict[str, str]) -> list[str]:
        """The arms with these levels."""
        return [arm for arm, levels in self.levels.items() if fixed.items() <= levels.items()]


def named(said: Said) -> Arms:
    """Arms by name, each a list of overrides."""
    found = {arm: words.overrides() for arm, words in said.mapping("a name, and a list of overrides").items()}
    return Arms(found, {}, {arm: {} for arm in found})


def product(said: Said) -> Arms:
    """All combinations of the levels of factors; an arm is called ``visibility=0.5,payer=user``."""
    factors = {name: _factor(name, one) for name, one in said.mapping("factors by name").items()}
    overrides, levels = {}, {}
    for chosen in itertools.product(*(factor.levels for factor in factors.values())):
        arm = ",".join(f"{name}={level}" for name, level in zip(factors, chosen, strict=True))
        levels[arm] = dict(zip(factors, chosen, strict=True))
        overrides[arm] = tuple(line for name, level in levels[arm].items() for line in factors[name].levels[level])
    return Arms(overrides, factors, levels)


def _factor(name: str, said: Said) -> Factor:
    found = said.mapping("a key and its values, or levels by name")
    if found.keys() & {"key", "values"}:
        found = said.keys(("key", "values"), ("key", "values"))
        key, values = found["key"].text(), [item.value for item in found["values"].items(least=2)]
        levels = {word(value): (f"{key}={word(value)}",) for value in values}
        if len(levels) < len(values):
            raise found["values"].wrong("allowed are different ones")
        dosed = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
        return Factor(name, levels, tuple(map(float, values)) if dosed else None)
    if len(found) < 2:
        raise said.wrong("allowed are two levels or more")
    return Factor(name, {level: words.overrides() for level, words in found.items()})
