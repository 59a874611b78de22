"""Decisive measures, written before the runs: what is compared, what is expected and why, where it should vanish."""

from collections.abc import Callable
from dataclasses import dataclass

from analysis.study import AS_IT_IS
from scenarios.study.arms import Arms
from scenarios.study.contrast import KEYS, Contrast, contrast
from scenarios.study.guards import GUARDS, SOLVED
from scenarios.study.saying import Said

SIGNS = {"up": 1, "down": -1, "none": 0}
"""What can be expected of an effect."""


@dataclass(frozen=True)
class World:
    """Where a contrast is looked at beside its own: in a ``guard``, or, in the world as it is, between other arms."""

    guard: str
    contrast: Contrast

    @property
    def name(self) -> str:
        """The guard, or the contrast where there is none."""
        return self.guard or self.contrast.words


@dataclass(frozen=True)
class Decisive:
    """A ``measure``, less another where there is a ``minus``, and the ``contrast`` of it that decides.

    ``expected``: its sign, or none, and ``because``: the mechanism that would produce it; ``smallest``: the smallest
    effect of interest. In ``placebos`` the mechanism is off and the effect should vanish; in ``guards`` a rival
    explanation is off, and the effect is judged by itself.
    """

    measure: str
    minus: str
    contrast: Contrast
    expected: str
    because: str
    smallest: float
    placebos: tuple[World, ...]
    guards: tuple[World, ...]

    @property
    def label(self) -> str:
        """The measure, or the difference of two."""
        return f"{self.measure} - {self.minus}" if self.minus else self.measure

    @property
    def worlds(self) -> tuple[World, ...]:
        """Its placebos and guards."""
        return self.placebos + self.guards

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that it needs."""
        return (self.measure, self.minus) if self.minus else (self.measure,)


_NEEDED = ("measure", "expected", "because", "smallest")


def decisive(arms: Arms, said: Said, guards: tuple[str, ...], measure: Callable[[Said], str]) -> Decisive:
    """What ``said`` names; ``guards`` are those of the study, and ``measure`` checks a name."""
    found = said.keys((*_NEEDED, "minus", "placebo", "guards", *KEYS), _NEEDED)
    expected = found["expected"].one(SIGNS)
    if expected != "none" and "placebo" not in found:
        raise said.fault("placebo: missing")
    own = contrast(arms, said, found)
    return Decisive(
        measure(found["measure"]),
        measure(found["minus"]) if "minus" in found else "",
        own,
        expected,
        found["because"].text(),
        found["smallest"].number(above=0),
        _placebos(arms, found["placebo"], own) if "placebo" in found else (),
        tuple(World(name, own) for name in (guard_names(found["guards"]) if "guards" in found else guards)),
    )


def guard_names(said: Said) -> tuple[str, ...]:
    """A list of guards."""
    return said.each([*GUARDS, *SOLVED])


def _placebos(arms: Arms, said: Said, own: Contrast) -> tuple[World, ...]:
    """A guard, a contrast among the arms, or a list of such."""
    found = []
    for one in said.items(least=1) if isinstance(said.value, list) else [said]:
        if isinstance(one.value, dict):
            found.append(World(AS_IT_IS, contrast(arms, one, one.keys(KEYS))))
        else:
            found.append(World(one.one([*GUARDS, *SOLVED]), own))
    return tuple(found)
