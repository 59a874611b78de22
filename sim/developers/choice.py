"""M12: logit choice between options, with noise that is the same in every arm."""

import math
from typing import NamedTuple

import numpy as np

from sim.compiling import entry, kernel
from sim.developers.options import NEVER, SHELVE, WAIT, Option
from sim.developers.plans import Built, projects, submissions
from sim.developers.policies import resolve
from sim.streams import CHOICE, draw, uniform


class Decision(NamedTuple):
    """What a developer wants, and what it does: the best of what it can do and pay."""

    options: np.ndarray  # OPTIONS (n,)
    wanted: int  # index of what it wants, as the next of what it does
    done: int
    loss: bool = False  # whether to experiment looked worse than to wait

    @property
    def intended(self) -> Option:
        """What it wants."""
        return Option._make(self.options.item(self.wanted))

    @property
    def option(self) -> Option:
        """What it does."""
        return Option._make(self.options.item(self.done))

    @property
    def kinds(self) -> tuple[str, str]:
        """Of what it wants and of what it does; most decisions are to wait, of which no more is asked."""
        kinds = self.options["kind"]
        done = kinds.item(self.done)
        return done if self.wanted == self.done else kinds.item(self.wanted), done


class Noise:
    """Keys of the noise of one developer for the decisions of a sequence.

    The n-th decision of a sequence has the same noise in every arm.
    """

    def __init__(self, seed: int, developer: int, sequence: int):
        self._key, self._next = (seed, developer, sequence), 0

    def next(self) -> tuple[int, int, int, int]:
        """(seed, developer, sequence, number) of the next decision."""
        number, self._next = self._next, self._next + 1
        return (*self._key, number)


class Chooser:
    """Decides for one developer by the policy ``name``."""

    def __init__(self, seed: int, developer: int, name: str):
        self._policy = resolve(name)
        self._projects, self._submissions = Noise(seed, developer, 0), Noise(seed, developer, 1)

    def project(self, own, public) -> Decision:
        """What to do at a free moment."""
        own.beliefs.read(public, own.domain)
        options = projects(own, public)
        values = self._policy(options, own, public)
        loss = bool(values[own.beliefs.row("experiment")] < values[-2])  # the last two are to wait and to leave
        return self._decide(options, values, own, public, self._projects)._replace(loss=loss)

    def submission(self, own, public, built: Built) -> Decision:
        """What to do with a finished build."""
        own.beliefs.read(public, own.domain)
        options = submissions(own, public, built)
        return self._decide(options, self._policy(options, own, public), own, public, self._submissions)

    def _decide(self, options, values, own, public, noise):
        return choose(options, values, own.wealth, public.settings.developers.noise, noise.next())


@kernel
def _gumbel(word):
    """Standard Gumbel, -ln(-ln u)."""
    return -math.log(-math.log(uniform(word)))


@entry
def _choose(options, values, wealth, scale, seed, developer, sequence, number):
    """Indices of the best that can be done and paid, and of the best of all; -1: there is none.

    Equal ones by the noise of their slots, then by their own. Every column has a noise for its slot and one for ties.
    """
    done, does = -1, (NEVER, NEVER, NEVER)
    wanted, wants = done, does
    for i in range(len(options)):
        if values[i] == NEVER:
            continue
        o = options[i]
        slot = _gumbel(draw(seed, CHOICE, number, sequence, o.slot, developer)[0])
        tie = _gumbel(draw(seed, CHOICE, number, sequence, i, developer)[1])
        found = (values[i] + scale * slot, slot, tie)
        if found > wants:
            wanted, wants = i, found
        if found > does and o.feasible and (o.needs <= 0.0 or wealth + o.income * o.days >= o.needs):
            done, does = i, found
    return done, wanted


def choose(options: np.ndarray, values, wealth: float, scale: float, noise: tuple[int, int, int, int]) -> Decision:
    """Logit choice: the highest value + scale·noise, over all options and over those that can be done and paid.

    P(slot) = exp(v/scale)/Σ exp(v/scale), v the highest value of the slot's options (McFadden, "Conditional logit
    analysis of qualitative choice behavior", 1974). ``options`` OPTIONS (n,), ``values`` (n,), ``noise`` the key of its
    noise. With scale 0 the highest value, and equal ones by chance. What is done must be feasible, and wealth and what
    comes in meanwhile must cover what it needs; where nothing is, the developer rests: it waits, or shelves the build.
    """
    done, wanted = _choose(options, values, wealth, scale, *noise)
    if done < 0:
        done = int(np.flatnonzero(np.isin(options["kind"], (WAIT, SHELVE)))[0])
    return Decision(options, done if wanted < 0 else wanted, done)
