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


@entry
def _gumbel(seed, developer, sequence, number, noise):
    """Standard Gumbel, -ln(-ln u), into row 0 for slots and into row 1 for ties."""
    for column in range(noise.shape[1]):
        words = draw(seed, CHOICE, number, sequence, column, developer)
        for row in range(2):
            noise[row, column] = -math.log(-math.log(uniform(words[row])))


class Noise:
    """Gumbel noise of one developer for the decisions of a sequence.

    Keyed (developer, sequence, decision, column): the n-th decision of a sequence has the same noise in every arm.
    """

    def __init__(self, seed: int, developer: int, sequence: int):
        self._key, self._next = (seed, developer, sequence), 0

    def draw(self, columns: int) -> np.ndarray:
        """(2, columns) of the next decision: what belongs to slots, and what breaks ties between options of one slot.

        Fewer columns are the first of more.
        """
        noise = np.empty((2, columns))
        _gumbel(*self._key, self._next, noise)
        self._next += 1
        return noise


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
        return choose(options, values, own.wealth, public.settings.developers.noise, noise.draw(len(options)))


@kernel
def _best(options, values, wealth, scale, noise, affordable):
    """Index of the highest value after noise, of all options or of those that can be done and paid; -1: there is none.

    Equal ones by the noise of their slots, then by their own.
    """
    best, high, slot, own = -1, NEVER, NEVER, NEVER
    for i in range(len(options)):
        o = options[i]
        payable = o.needs <= 0.0 or wealth + o.income * o.days >= o.needs
        if values[i] == NEVER or (affordable and not (o.feasible and payable)):
            continue
        gumbel, tie = noise[0, o.slot], noise[1, i]
        value = values[i] + scale * gumbel
        if value > high or (value == high and (gumbel > slot or (gumbel == slot and tie > own))):
            best, high, slot, own = i, value, gumbel, tie
    return best


@entry
def _bests(options, values, wealth, scale, noise):
    return _best(options, values, wealth, scale, noise, True), _best(options, values, wealth, scale, noise, False)


def choose(options: np.ndarray, values, wealth: float, scale: float, noise: np.ndarray) -> Decision:
    """Logit choice: the highest value + scale·noise, over all options and over those that can be done and paid.

    P(slot) = exp(v/scale)/Σ exp(v/scale), v the highest value of the slot's options (McFadden, "Conditional logit
    analysis of qualitative choice behavior", 1974). ``options`` OPTIONS (n,), ``values`` (n,), ``noise`` as
    ``Noise.draw`` gives it. With scale 0 the highest value, and equal ones by chance. What is done must be feasible,
    and wealth and what comes in meanwhile must cover what it needs; where nothing is, the developer rests: it waits,
    or shelves the build.
    """
    done, wanted = _bests(options, values, wealth, scale, noise)
    if done < 0:
        done = int(np.flatnonzero(np.isin(options["kind"], (WAIT, SHELVE)))[0])
    return Decision(options, done if wanted < 0 else wanted, done)
