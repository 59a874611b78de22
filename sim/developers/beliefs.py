"""M12: what developers believe of projects, of revenue and of ejection, and how they learn it from outcomes."""

import math
from functools import lru_cache

import numpy as np

from sim.compiling import entry, kernel
from sim.config import Config
from sim.developers.options import PROJECTS

# A number that is believed at first and then learned, Normal with a Normal prior worth one outcome:
# mean = (prior + Σ w·x)/(1 + Σ w). At most ``memory`` outcomes are remembered, own ones first, then those of others,
# then the prior.
LEARNED = np.dtype(
    [
        ("prior", "f8"),
        ("own", "f8"),  # mean of one's own outcomes
        ("own_weight", "f8"),  # how many of them are remembered
        ("other", "f8"),
        ("other_weight", "f8"),
        ("mean", "f8"),  # what is believed
        ("weight", "f8"),  # outcomes that it rests on, the prior counting as one
    ]
)


@lru_cache
def gains(plans: int) -> tuple[tuple[str, int], ...]:
    """(kind, data plan) of every project, data once for each of ``plans``, else plan -1.

    The order of beliefs, which end with revenue and ejection, and of options at a free moment.
    """
    return tuple((kind, plan) for kind in PROJECTS for plan in (range(plans) if kind == "data" else (-1,)))


@kernel
def remember(mean: float, held: float, value: float, weight: float, memory: float) -> tuple[float, float]:
    """(mean, weight) of what is remembered after an outcome ``value``.

    Beyond ``memory`` it pushes out old ones in proportion, so that its step is weight/memory.
    """
    if not weight > 0:
        return mean, held
    held = min(held + weight, memory)
    return mean + min(weight / held, 1.0) * (value - mean), held


@kernel
def _settle(row, memory):
    own = row.own_weight
    other = min(row.other_weight, memory - own)
    prior = min(1.0, memory - own - other)
    row.weight = own + other + prior
    row.mean = (own * row.own + other * row.other + prior * row.prior) / row.weight


@entry
def _hear(learned, heard, memory):
    """Each of ``learned`` after all that has been ``heard`` of it, (n, 2) of mean and weight."""
    for i in range(len(learned)):
        learned[i].other, learned[i].other_weight = heard[i, 0], heard[i, 1]
        _settle(learned[i], memory)


@kernel
def _experience(row, value, weight, memory):
    """A row of ``learned`` after an outcome of one's own; nan: nothing was told."""
    if value == value:
        row.own, row.own_weight = remember(row.own, row.own_weight, value, weight, memory)
        _settle(row, memory)


@entry
def _tried(learned, i, gain, memory):
    _experience(learned[i], gain, 1.0, memory)


@entry
def _admitted(learned, days, revenue, ejections, horizon, memory):
    _experience(learned[-2], revenue, days, memory)
    _experience(learned[-1], ejections / days, days / horizon, memory)


@kernel
def doubted(initial, weight):
    """Standard deviation of what a project will change the success rate by, ``initial`` before any experience.

    Half of the variance is luck between outcomes and stays; the other half is not knowing their mean, and falls with
    the outcomes ``weight`` that the belief rests on.
    """
    return initial * math.sqrt(0.5 + 0.5 / weight)


class Hearsay:
    """What the disclosed outcomes teach everybody alike, those who arrive later too."""

    def __init__(self, settings: Config):
        about = settings.developers.beliefs
        self._public, self._memory = about.public, about.memory
        self._rows = gains(len(settings.data.plans))
        self._gains = dict.fromkeys(PROJECTS, (0.0, 0.0))
        self._revenue = [(0.0, 0.0)] * settings.demand.domains
        self._ejection = (0.0, 0.0)

    def outcome(self, kind: str, gain: float) -> None:
        """A project changed the success rate by ``gain``; which data plan it was is not told."""
        self._gains[kind] = self._moved(self._gains[kind], gain, 1.0)

    def figures(self, revenue, ejections: float, days: float) -> None:
        """The public figures of ``days``: mean revenue by domain, and ejections a model and day; nan: there is none.

        A day of either is one outcome: so it counts once, however often anybody looks.
        """
        self._revenue = [self._moved(held, value, days) for held, value in zip(self._revenue, revenue, strict=True)]
        self._ejection = self._moved(self._ejection, ejections, days)

    def table(self) -> np.ndarray:
        """(domains, beliefs, 2): mean and weight of what has been heard so far."""
        known = [self._gains[kind] for kind, _ in self._rows]
        return np.array([[*known, revenue, self._ejection] for revenue in self._revenue])

    def _moved(self, held, value, weight):
        return remember(*held, value, self._public * weight, self._memory) if value == value else held


class Beliefs:
    """What one developer believes. Made from the configuration, changed by outcomes alone."""

    __slots__ = ("_horizon", "_memory", "_rows", "doubts", "learned", "propensities")

    def __init__(self, settings: Config):
        developers = settings.developers
        about, rows = developers.beliefs, gains(len(settings.data.plans))
        self._memory, self._horizon = about.memory, developers.horizon_days
        self._rows = {row: i for i, row in enumerate(rows)}
        projects = [getattr(settings.projects, kind) for kind, _ in rows]
        self.learned = np.zeros(len(rows) + 2, LEARNED)  # of each of ``gains``, of revenue and of ejection
        self.learned["prior"] = [*(p.belief for p in projects), about.revenue, about.ejection]
        self.doubts = np.array([p.doubt for p in projects])  # before any experience
        self.propensities = dict.fromkeys(PROJECTS, developers.roth_erev.initial)  # credits
        _hear(self.learned, np.zeros((len(self.learned), 2)), self._memory)

    @property
    def revenue(self) -> float:
        """Believed revenue of an admitted model, credits/day."""
        return float(self.learned["mean"][-2])

    @property
    def ejection(self) -> float:
        """Believed ejections of an admitted model a day."""
        return float(self.learned["mean"][-1])

    def row(self, kind: str, plan: int = -1) -> int:
        """The row of ``learned`` about a project; ``plan`` is that of a data project, else -1."""
        return self._rows[kind, plan]

    def gain(self, kind: str, plan: int = -1) -> float:
        """Believed change of the success rate by a project."""
        return float(self.learned["mean"][self._rows[kind, plan]])

    def outcomes(self, kind: str, plan: int = -1) -> float:
        """How many outcomes that belief rests on, the prior counting as one."""
        return float(self.learned["weight"][self._rows[kind, plan]])

    def doubt(self, kind: str, plan: int = -1) -> float:
        """Standard deviation of what a project will change the success rate by; see ``doubted``."""
        return doubted(float(self.doubts[self._rows[kind, plan]]), self.outcomes(kind, plan))

    def luck(self, kind: str, plan: int = -1) -> float:
        """Standard deviation of luck between two builds of one project: the part of the doubt that stays."""
        return float(self.doubts[self._rows[kind, plan]]) * math.sqrt(0.5)

    def observe_own(self, kind: str, gain: float, plan: int = -1) -> None:
        """A project of one's own changed the success rate by ``gain``; nan: nothing was told."""
        _tried(self.learned, self._rows[kind, plan], gain, self._memory)

    def observe_admitted(self, days: float, revenue: float, ejections: int = 0) -> None:
        """Models of one's own were admitted for ``days`` model-days > 0, earned ``revenue`` credits/day (nan: not
        known) and were ejected ``ejections`` times in these. An outcome is a day of revenue, or one horizon."""
        _admitted(self.learned, days, revenue, ejections, self._horizon, self._memory)

    def reinforce(self, kind: str, payoff: float, recency: float, experimentation: float) -> None:
        """Roth and Erev's rule after a project that brought ``payoff`` credits net: see policy roth_erev.

        q ← (1-φ)·q + E, E = (1-ε)·R for the kind pursued and ε·R/(K-1) for the others, R = max(payoff, 0).
        """
        reward = max(payoff, 0.0)
        rest = experimentation * reward / (len(PROJECTS) - 1)
        for known, held in self.propensities.items():
            gained = (1.0 - experimentation) * reward if known == kind else rest
            self.propensities[known] = (1.0 - recency) * held + gained

    def read(self, public, domain: int) -> None:
        """Take in what has been disclosed; to read the same again changes nothing."""
        _hear(self.learned, public.heard[domain], self._memory)
