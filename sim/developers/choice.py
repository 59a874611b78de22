"""M12: logit choice between options, with noise that is the same in every arm."""

from typing import NamedTuple

from sim import streams
from sim.developers.options import NEVER, SHELVE, WAIT, Option
from sim.developers.plans import MOST, Built, projects, submissions
from sim.developers.policies import resolve

_ROWS = 8  # decisions whose noise is drawn at once


class Decision(NamedTuple):
    """What a developer wants, and what it does: the best of what it can do and pay."""

    intended: Option
    option: Option


class Noise:
    """Gumbel noise of one developer: one row of 2·MOST numbers for each decision of a sequence.

    Keyed (developer, sequence, row): the n-th decision of a sequence has the same noise in every arm. The first
    MOST numbers belong to slots, the others break ties between options of one slot.
    """

    def __init__(self, seed: int, developer: int, sequence: int):
        self._key, self._sequence, self._next, self._block = (seed, streams.CHOICE, developer), sequence, 0, []

    def row(self) -> list[float]:
        """The noise of the next decision."""
        row = self._next % _ROWS
        if row == 0:
            rng = streams.generator(*self._key, 2 * (self._next // _ROWS) + self._sequence)
            self._block = rng.gumbel(size=(_ROWS, 2 * MOST)).tolist()
        self._next += 1
        return self._block[row]


class Chooser:
    """Decides for one developer by the policy ``name``."""

    def __init__(self, seed: int, developer: int, name: str):
        self._policy = resolve(name)
        self._projects, self._submissions = Noise(seed, developer, 0), Noise(seed, developer, 1)

    def project(self, own, public) -> Decision:
        """What to do at a free moment."""
        own.beliefs.read(public, own.domain)
        return self._decide(projects(own, public), own, public, self._projects.row())

    def submission(self, own, public, built: Built) -> Decision:
        """What to do with a finished build."""
        own.beliefs.read(public, own.domain)
        return self._decide(submissions(own, public, built), own, public, self._submissions.row())

    def _decide(self, options, own, public, row):
        values = self._policy(options, own, public)
        return choose(options, values, own.wealth, public.settings.developers.noise, row)


def choose(options: list[Option], values, wealth: float, noise: float, row: list[float]) -> Decision:
    """Logit choice: the highest value + noise·Gumbel, over all options and over those that can be done and paid.

    P(slot) = exp(v/noise)/Σ exp(v/noise), v the highest value of the slot's options (McFadden, "Conditional logit
    analysis of qualitative choice behavior", 1974). With noise 0 the highest value, and equal ones by chance. Where
    nothing else can be done the developer rests: it waits, or shelves the build.
    """
    intended = option = None
    intended_score = option_score = (NEVER,)
    for position, (o, value) in enumerate(zip(options, values, strict=True)):
        if value == NEVER:
            continue
        gumbel = row[o.slot]
        score = (value + noise * gumbel, gumbel, row[MOST + position])
        if score > intended_score:
            intended, intended_score = o, score
        if score > option_score and o.chances and o.affordable(wealth):
            option, option_score = o, score
    if option is None:
        option = next(o for o in options if o.kind in (WAIT, SHELVE))
    return Decision(intended or option, option)
