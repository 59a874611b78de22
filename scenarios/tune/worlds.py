"""The worlds to be robust over: what is drawn of each, and its seeds. Every setting is tried in the same ones."""

from dataclasses import dataclass

from scipy.stats.qmc import LatinHypercube

from scenarios.study.definition import MOST_SEEDS
from scenarios.study.saying import Said
from scenarios.tune.levers import is_world, known
from scenarios.tune.values import Choices, Range, Value, values

SEARCHED, CHOOSING, JUDGING = "searched", "choosing", "judging"
"""Sets of worlds: those that trials see, and two that none has seen: one to choose by, one to judge what was chosen."""

_FIRST = {SEARCHED: 1, CHOOSING: MOST_SEEDS + 1, JUDGING: 2 * MOST_SEEDS + 1}
"""The first seed of each set: no two sets share any."""

_APART = ("seed", "horizon_days", "warmup_days", "tick_s")


@dataclass(frozen=True)
class World:
    """A world: ``values`` of the keys that were drawn, and the ``seeds`` it is run with."""

    number: int
    values: dict[str, Value]
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Worlds:
    """``count`` worlds that trials see, each run with so many ``seeds``, and what is drawn: key → its distribution."""

    count: int
    seeds: int
    draws: dict[str, Range | Choices]

    def drawn(self, which: str, count: int) -> list[World]:
        """``count`` worlds of the set ``which``: a Latin hypercube (McKay, Beckman and Conover 1979) over the draws.

        No world shares a seed with another.
        """
        first = _FIRST[which]
        shares = LatinHypercube(len(self.draws), rng=first).random(count) if self.draws else [()] * count
        return [
            World(
                number,
                {key: one.at(float(share)) for (key, one), share in zip(self.draws.items(), row, strict=True)},
                tuple(range(first + number * self.seeds, first + (number + 1) * self.seeds)),
            )
            for number, row in enumerate(shares)
        ]


def worlds(said: Said) -> Worlds:
    """The worlds that a tuning file asks for."""
    found = said.keys(("count", "seeds", "draws"), ("count",))
    draws = {}
    for key, one in (found["draws"].mapping("distributions by key") if "draws" in found else {}).items():
        if known(one, key) is None or not is_world(key) or key in _APART:
            raise one.fault("is no key that makes the world; allowed is for instance developers.endowment.wealth_sigma")
        draws[key] = values(one, one.keys(("low", "high", "log", "step", "choices")), known(one, key))
    seeds = found["seeds"].count(1, 100) if "seeds" in found else 1
    return Worlds(found["count"].count(1, MOST_SEEDS // seeds), seeds, draws)
