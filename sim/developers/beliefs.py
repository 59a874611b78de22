"""M12: what developers believe of projects, of revenue and of ejection, and how they learn it from outcomes."""

import math

from sim.config import Config
from sim.models import KINDS

PROJECTS = KINDS[1:]
"""Kinds of project, in the order of their columns of noise."""


class Learned:
    """A number that is believed at first and then learned: mean and weight, in outcomes, of what is remembered.

    Normal with a Normal prior worth one outcome: mean = (prior + Σ w·x)/(1 + Σ w). At most ``memory`` outcomes are
    remembered, own ones first, then those of others, then the prior; beyond that each new outcome pushes out old ones
    in proportion, so that its step is w/memory.
    """

    __slots__ = ("_memory", "_other", "_other_weight", "_own", "_own_weight", "_prior", "mean", "weight")

    def __init__(self, prior: float, memory: float):
        self._prior, self._memory = prior, memory
        self._own = self._other = self._own_weight = self._other_weight = 0.0
        self.mean, self.weight = prior, 1.0

    def own(self, value: float, weight: float = 1.0) -> None:
        """Remember an outcome of one's own."""
        self._own, self._own_weight = self._moved(self._own, self._own_weight, value, weight)
        self._settle()

    def other(self, value: float, weight: float) -> None:
        """Remember an outcome of somebody else."""
        self._other, self._other_weight = self._moved(self._other, self._other_weight, value, weight)
        self._settle()

    def _moved(self, mean, held, value, weight):
        if not weight > 0:
            return mean, held
        held = min(held + weight, self._memory)
        return mean + min(weight / held, 1.0) * (value - mean), held

    def _settle(self):
        own = self._own_weight
        other = min(self._other_weight, self._memory - own)
        prior = min(1.0, self._memory - own - other)
        self.weight = own + other + prior
        self.mean = (own * self._own + other * self._other + prior * self._prior) / self.weight


class Beliefs:
    """What one developer believes. Made from the configuration, changed by outcomes alone."""

    __slots__ = ("_doubts", "_gains", "_horizon", "_public", "_seen", "ejection", "propensities", "revenue")

    def __init__(self, settings: Config):
        developers = settings.developers
        about, memory = developers.beliefs, developers.beliefs.memory
        self._public, self._horizon = about.public, developers.horizon_days
        plans = range(len(settings.data.plans))
        self._gains = {
            (kind, plan): Learned(getattr(settings.projects, kind).belief, memory)
            for kind in PROJECTS
            for plan in (plans if kind == "data" else (-1,))
        }
        self._doubts = {kind: getattr(settings.projects, kind).doubt for kind in PROJECTS}
        self._seen = dict.fromkeys(PROJECTS, (0, 0.0))
        self.revenue = Learned(about.revenue, memory)  # of an admitted model, credits/day
        self.ejection = Learned(about.ejection, memory)  # of an admitted model, per day; an outcome is one horizon
        self.propensities = dict.fromkeys(PROJECTS, developers.roth_erev.initial)  # credits

    def gain(self, kind: str, plan: int = -1) -> float:
        """Believed change of the success rate by a project; ``plan`` is that of a data project, else -1."""
        return self._gains[kind, plan].mean

    def outcomes(self, kind: str, plan: int = -1) -> float:
        """How many outcomes that belief rests on, the prior counting as one."""
        return self._gains[kind, plan].weight

    def doubt(self, kind: str, plan: int = -1) -> float:
        """Standard deviation of what a project will change the success rate by.

        Half of the variance of ``projects.KIND.doubt`` is luck between outcomes and stays; the other half is not
        knowing their mean, and falls with the outcomes that the belief rests on.
        """
        return self._doubts[kind] * math.sqrt(0.5 + 0.5 / self._gains[kind, plan].weight)

    def luck(self, kind: str) -> float:
        """Standard deviation of luck between two builds of one project: the part of the doubt that stays."""
        return self._doubts[kind] * math.sqrt(0.5)

    def observe_own(self, kind: str, gain: float, plan: int = -1) -> None:
        """A project of one's own changed the success rate by ``gain``; nan: nothing was told."""
        if gain == gain:
            self._gains[kind, plan].own(gain)

    def observe_public(self, kind: str, gain: float, count: int = 1) -> None:
        """``count`` projects of others changed it by ``gain`` on average; which data plan it was is not told."""
        if gain == gain:
            for (known, _), learned in self._gains.items():
                if known == kind:
                    learned.other(gain, self._public * count)

    def observe_revenue(self, revenue: float) -> None:
        """An admitted model of one's own earns ``revenue`` credits/day."""
        self.revenue.own(revenue)

    def observe_admitted(self, days: float, ejections: int = 0) -> None:
        """Models of one's own were admitted for ``days`` model-days > 0, and ejected ``ejections`` times in these."""
        self.ejection.own(ejections / days, days / self._horizon)

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
        """Take in what has been disclosed since the last reading: gains by kind, revenue and ejections."""
        for kind, (count, gain, _) in public.kinds.items():
            seen, total = self._seen[kind]
            if count > seen and gain == gain:
                self.observe_public(kind, (gain * count - total) / (count - seen), count - seen)
                self._seen[kind] = count, gain * count
        if (revenue := public.revenue[domain]) == revenue:
            self.revenue.other(revenue, self._public)
        if public.ejections == public.ejections:
            self.ejection.other(public.ejections, self._public)
