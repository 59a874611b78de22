"""M11: the ideas that come to a developer: each the best of q random positions on the landscape of its day.

They come by their own clock, whatever anybody does, so an idea that is shelved in one arm can be valued by its twin.
"""

import math
from dataclasses import dataclass

import numpy as np

from sim import config
from sim.compiling import entry
from sim.landscape import Landscape, heights
from sim.streams import IDEAS, draw, uniform


@dataclass(frozen=True, slots=True)
class Idea:
    """A concrete experiment that its developer could pursue."""

    number: int  # among the developer's ideas, from 0
    day: float  # when it came
    domain: int
    position: int  # N bits
    logit: float  # what the landscape gave its position on that day


@entry
def _gap(seed, developer, number):
    """Time before idea ``number``, in mean times."""
    return -math.log(uniform(draw(seed, IDEAS, number, 0, 0, developer)[0]))


@entry
def _best(seed, developer, number, world, domain, masks, redraws, mean, sd, positions, logits):
    """(position, logit) of the best of uniform positions, the first of them at a tie; fewer are the first of more.

    ``positions`` and ``logits`` are room for them; before stands what ``Landscape.law`` returns.
    """
    for jump in range(len(positions)):
        positions[jump] = np.int64(draw(seed, IDEAS, number, 1, jump, developer)[0]) & ((1 << len(masks)) - 1)
    heights(world, domain, masks, redraws, mean, sd, positions, logits)
    best = 0
    for jump in range(len(positions)):
        if logits[jump] > logits[best]:
            best = jump
    return positions[best], logits[best]


class Ideas:
    """The stream of ideas of one developer from the day of arrival on."""

    def __init__(
        self,
        settings: config.Landscape,
        seed: int,
        landscape: Landscape,
        developer: int,
        domain: int,
        arrived_day: float,
    ):
        self._settings, self._landscape, self._domain = settings, landscape, domain
        self._key = (seed, developer)
        self._number = 0
        # When the next idea comes.
        self.next_day = arrived_day + settings.idea_days * _gap(seed, developer, 0)

    def due(self, day: float) -> list[Idea]:
        """The ideas that have come since this was last asked, until ``day``."""
        found = []
        while self.next_day <= day:
            found.append(self._idea())
            self._number += 1
            self.next_day += self._settings.idea_days * _gap(*self._key, self._number)
        return found

    def _idea(self) -> Idea:
        law, many = self._landscape.law(self._domain, self.next_day), self._settings.ideas
        position, logit = _best(*self._key, self._number, *law, np.empty(many, np.int64), np.empty(many))
        return Idea(self._number, self.next_day, self._domain, position, logit)
