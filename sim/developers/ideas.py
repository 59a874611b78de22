"""M11: the ideas that come to a developer: each the best of q random positions on the landscape of its day.

They come by their own clock, whatever anybody does, so an idea that is shelved in one arm can be valued by its twin.
"""

import math
from typing import NamedTuple

import numpy as np

from sim import config
from sim.compiling import entry
from sim.landscape import Landscape
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
def _positions(seed, developer, number, last, positions):
    """Fill with uniform positions 0 ... ``last`` = 2^N - 1; fewer of them are the first of more."""
    for jump in range(len(positions)):
        positions[jump] = np.int64(draw(seed, IDEAS, number, 1, jump, developer)[0]) & last


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
        positions = np.empty(self._settings.ideas, np.int64)
        _positions(*self._key, self._number, (1 << self._settings.n) - 1, positions)
        logits = self._landscape.logits(self._domain, positions, self.next_day)
        best = int(np.argmax(logits))
        return Idea(self._number, self.next_day, self._domain, int(positions[best]), float(logits[best]))
