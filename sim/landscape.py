"""M11: potential as fitness on an NK landscape (Kauffman 1993; Levinthal 1997), one per domain.

    z = (mean over the N bits of their contributions - 1/2) / √(1/(12·N)),  logit a* = mean + sd·z

The contribution of a bit is uniform on (0, 1) and depends on the bit and on K others, which are drawn once. It is a
function of random numbers keyed by what it is about, so no table of 2^(K+1) values is kept. Now and then the table of
one bit is redrawn: its key takes the number of the redraw.
"""

import math
from bisect import bisect_right

import numpy as np

from sim import config
from sim.compiling import entry, kernel
from sim.streams import LANDSCAPE, draw, generator, uniform


@kernel
def heights(seed, domain, masks, redraws, mean, sd, positions, found):
    """Fill ``found`` with the logits of ``positions``; before them stands what ``Landscape.law`` returns.

    Bit by bit, not position by position: draws that do not wait for a sum are made several at a time.
    """
    n = len(masks)
    for i in range(len(positions)):
        found[i] = 0.0
    for bit in range(n):
        for i in range(len(positions)):
            pattern = positions[i] & masks[bit]
            found[i] += uniform(draw(seed, LANDSCAPE, pattern, domain, bit, redraws[bit])[0])
    for i in range(len(positions)):
        found[i] = mean + sd * ((found[i] / n - 0.5) * math.sqrt(12.0 * n))


@entry
def _fill(seed, domain, masks, redraws, mean, sd, positions, found):
    heights(seed, domain, masks, redraws, mean, sd, positions, found)


class Landscape:
    """The landscapes of all domains, the same at the same time whatever anybody does."""

    def __init__(self, settings: config.Landscape, seed: int, domains: int):
        self.settings, self._seed = settings, seed
        self._histories = [_History(settings, seed, d) for d in range(domains)]
        self._redraws = [history.on(0.0) for history in self._histories]

    def law(self, domain: int, day: float | None = None) -> tuple[int, int, np.ndarray, np.ndarray, float, float]:
        """Of what a position is worth in ``domain`` on ``day``; None: today. It goes to ``heights``.

        The seed, the domain, by bit those on which it depends and the number of its last redraw, the mean and the
        standard deviation of the logits.
        """
        history = self._histories[domain]
        redraws = self._redraws[domain] if day is None else history.on(day)
        return self._seed, domain, history.masks, redraws, self.settings.mean, self.settings.sd

    def logit(self, domain: int, position: int) -> float:
        """Logit potential of ``position`` (N bits as an integer) today."""
        return self.logits(domain, np.array([position])).item()

    def logits(self, domain: int, positions: np.ndarray, day: float | None = None) -> np.ndarray:
        """Logit potentials of ``positions`` (int64) as on ``day``; None: today's."""
        found = np.empty(len(positions))
        _fill(*self.law(domain, day), positions, found)
        return found

    def advance(self, day: float) -> list[int]:
        """Apply the redraws that are due until ``day``; returns the domains that have moved."""
        before, self._redraws = self._redraws, [history.on(day) for history in self._histories]
        return [d for d, (old, new) in enumerate(zip(before, self._redraws, strict=True)) if old is not new]


class _History:
    """What a domain's contributions depend on, and when they are redrawn."""

    def __init__(self, settings: config.Landscape, seed: int, domain: int):
        self._settings, self._key = settings, (seed, LANDSCAPE, domain)
        n, k = settings.n, settings.k
        rng = generator(*self._key, 0)
        self.masks = np.empty(n, np.int64)  # of each bit: itself and those on which it depends
        for bit in range(n):
            others = rng.permutation(n - 1)[:k]
            others += others >= bit
            self.masks[bit] = (1 << bit) | sum(1 << int(i) for i in others)
        # From _days[i] on, the table of bit b is the one that redraw _redraws[i][b] made; 0: the first.
        self._days, self._redraws = [-math.inf], [np.zeros(n, np.int64)]
        self._due, self._bit = self._redraw(1)

    def on(self, day: float) -> np.ndarray:
        """By bit, the number of the redraw that made its table as it stands on ``day``."""
        while self._due <= day:
            number = len(self._days)
            redraws = self._redraws[-1].copy()
            redraws[self._bit] = number
            self._days.append(self._due)
            self._redraws.append(redraws)
            gap, self._bit = self._redraw(number + 1)
            self._due += gap
        return self._redraws[bisect_right(self._days, day) - 1]

    def _redraw(self, number: int) -> tuple[float, int]:
        """How long after the one before redraw ``number`` comes, and of which bit."""
        if self._settings.redraw_days == 0:
            return math.inf, 0
        rng = generator(*self._key, number)
        return rng.exponential(self._settings.redraw_days), int(rng.integers(self._settings.n))
