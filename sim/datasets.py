"""M11: data sets: what they miss, how wrong they are, and what success that makes.

Prompt types k have p_k ∝ k^-exponent; a plan with curation c draws n entries from q_k ∝ p_k^c.

    M = Σ p_k·Π_plans (1 - q_k)^n        the share of live prompts whose type no entry shows
    M_demo = the same sum over the types of the entries themselves
    clean error = floor + noise·η + scale·[n·(1 - 2η)²]^-power
    rate = (1 - clean error)·(1 - M + unseen·M)
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy.special import logit

from sim import config
from sim.compiling import kernel

_EDGE = 1e-6  # rates keep this distance from 0 and 1, where the logit ends


@dataclass(frozen=True)
class Dataset:
    """Entries by where they come from: the start, then the plans in order; and how many have a wrong label."""

    entries: tuple[int, ...]
    wrong: float


@dataclass(frozen=True)
class Rates:
    """What a data set makes of a model."""

    missing: float  # M
    demo_missing: float  # M on prompts drawn as the entries were
    error: float  # on types that the data hold
    rate: float  # success live
    demo_rate: float  # success on prompts drawn as the entries were


class _Known(NamedTuple):
    dataset: Dataset
    rates: Rates
    logit: float  # of its rate
    demo_logit: float  # of its demo rate


class Datasets:
    """All data sets that anybody has gathered; equal ones are one, and what they do is worked out once."""

    def __init__(self, settings: config.Data):
        self._settings = settings
        self._sources = (settings.start, *settings.plans)
        types = np.arange(1.0, settings.types + 1)
        self._p = _shares(types, settings.exponent)
        self._q = np.array([_shares(types, settings.exponent * plan.curation) for plan in self._sources])
        self._unseen = np.log1p(-self._q)
        self._ids: dict[Dataset, int] = {}
        self._known: list[_Known] = []
        entries = (settings.start.entries, *(0 for _ in settings.plans))
        self._id(Dataset(entries, settings.start.noise * settings.start.entries))

    def start(self) -> int:
        """The data set with which models start."""
        return 0

    def broaden(self, dataset: int, plan: int, polish: float = 1.0) -> int:
        """The data set that ``dataset`` becomes by plan number ``plan``; of its wrong labels ``polish`` are left."""
        old, added = self._known[dataset].dataset, self._settings.plans[plan]
        entries = list(old.entries)
        entries[1 + plan] += added.entries
        return self._id(replace(old, entries=tuple(entries), wrong=old.wrong + polish * added.noise * added.entries))

    def rates(self, dataset: int) -> Rates:
        """What ``dataset`` makes of a model."""
        return self._known[dataset].rates

    def offset(self, dataset: int) -> float:
        """What it adds to the logit potential, beside what models start with."""
        return self._settings.effect * (self._known[dataset].logit - self._known[0].logit)

    def demo(self, dataset: int) -> float:
        """What evaluation sees on top of the logit ability."""
        return self._settings.effect * (self._known[dataset].demo_logit - self._known[dataset].logit)

    def thin(self, missing: float) -> tuple[float, float]:
        """What data that miss ``missing`` do to (spread, hazard), as factors beside the data at the start.

        s·(1 - M)^thin_spread and h·(1 + thin_hazard·M).
        """
        s, start = self._settings, self.rates(0).missing
        spread = ((1.0 - missing) / (1.0 - start)) ** (s.effect * s.thin_spread)
        return spread, thinness(missing, start, s.thin_hazard, s.effect)

    def _id(self, dataset: Dataset) -> int:
        if dataset not in self._ids:
            self._ids[dataset] = len(self._known)
            rates = self._rates(dataset)
            self._known.append(_Known(dataset, rates, _logit(rates.rate), _logit(rates.demo_rate)))
        return self._ids[dataset]

    def _rates(self, dataset: Dataset) -> Rates:
        s, n = self._settings, sum(dataset.entries)
        entries = np.array(dataset.entries, float)
        unseen = np.exp(entries @ self._unseen)  # by type: that no entry shows it
        missing = float(self._p @ unseen)
        demo_missing = float(entries / n @ self._q @ unseen)
        noise = dataset.wrong / n
        clean = n * (1.0 - 2.0 * noise) ** 2  # as many entries with the right label would teach as much
        error = min(s.error_floor + s.error_noise * noise + s.error_scale * clean**-s.error_power, 1.0)

        def rate(missed: float) -> float:
            return (1.0 - error) * (1.0 - missed + s.unseen * missed)

        return Rates(missing, demo_missing, error, rate(missing), rate(demo_missing))


@kernel
def thinness(missing, start, hazard, effect):
    """What data that miss ``missing`` do to the hazard; a wording redraws as many times as much of the task."""
    return ((1.0 + hazard * missing) / (1.0 + hazard * start)) ** effect


def _shares(types: np.ndarray, exponent: float) -> np.ndarray:
    weights = types**-exponent
    return weights / weights.sum()


def _logit(rate: float) -> float:
    return float(logit(min(max(rate, _EDGE), 1.0 - _EDGE)))
