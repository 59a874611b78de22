"""M11: the ideas that come to a developer: each the best of q random positions on the landscape of its day.

They come by their own clock, whatever anybody does, so an idea that is shelved in one arm can be valued by its twin.
"""

import math
from typing import NamedTuple

import numpy as np

from sim import config
from sim.compiling import entry
from sim.landscape import Landscape, height
from sim.streams import IDEAS, draw, uniform


class Idea(NamedTuple):
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
def _best(seed, developer, number, jumps, world, domain, masks, redraws, mean, sd):
    """(position, logit) of the best of ``jumps`` uniform positions, the first of them at a tie.

    Fewer jumps are the first of more. From ``world`` on it is what ``Landscape.law`` returns.
    """
    best, most = 0, -math.inf
    for jump in range(jumps):
        position = np.int64(draw(seed, IDEAS, number, 1, jump, developer)[0]) & ((1 << len(masks)) - 1)
        logit = height(world, domain, masks, redraws, mean, sd, position)
        if logit > most:
            best, most = position, logit
    return best, most


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
        law = self._landscape.law(self._domain, self.next_day)
        position, logit = _best(*self._key, self._number, self._settings.ideas, *law)
        return Idea(self._number, self.next_day, self._domain, position, logit)
