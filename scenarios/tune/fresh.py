"""The front tried again in worlds that no trial has seen, so that what was luck of the search goes.

Settings are chosen in one set of such worlds and judged in another: the best of several would else be lucky again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.errors import InputError
from analysis.inference.jackknife import jackknife
from analysis.inference.paired import Interval
from analysis.tuning_told import MET, NOT_MET, UNCLEAR
from scenarios.tune.hypervolume import Scale, on_front
from scenarios.tune.levers import Setting
from scenarios.tune.objectives import Aim, Constraint, Judged, Measured, Objective
from scenarios.tune.trials import Trial

DEFAULT = "default"
TUNED, RANDOM = "tuned", "random"
"""The search, and the random one beside it."""


@dataclass(frozen=True)
class Candidate:
    """A setting that is tried again: ``name``, the ``search`` and ``trial`` it is from, or no trial."""

    name: str
    search: str
    trial: Trial | None

    @property
    def setting(self) -> Setting:
        """Its levers; none where it is the default or the baseline."""
        return self.trial.setting if self.trial else {}


def candidates(search: str, trials: Sequence[Trial], aim: Aim, scale: Scale, most: int) -> list[Candidate]:
    """The front of the feasible ones of ``trials``, thinned to ``most``, in the order of the trials."""
    able = [trial for trial in trials if trial.judged.feasible]
    losses = np.array([aim.losses(trial.judged.values) for trial in able])
    front = [trial for trial, held in zip(able, on_front(losses), strict=True) if held]
    kept = scale.thinned(np.array([aim.losses(trial.judged.values) for trial in front]), most) if front else []
    return [Candidate(f"{search} {front[i].number}", search, front[i]) for i in kept]


@dataclass(frozen=True)
class Again:
    """What ``candidates`` came to in one set of fresh worlds: ``measured`` of each, the first of them the default."""

    aim: Aim
    candidates: Sequence[Candidate]
    measured: Sequence[Measured]

    @property
    def worlds(self) -> np.ndarray:
        """The numbers of the worlds."""
        return np.arange(len(next(iter(self.measured[0].values()))))

    def judged(self, number: int, worlds: np.ndarray | None = None) -> Judged:
        """What candidate ``number`` comes to in ``worlds``, all unless told otherwise."""
        every = self._within(self.worlds if worlds is None else worlds)
        return self.aim.judged(every[number], every[0], self.aim.best(every))

    def losses(self, numbers: Sequence[int], worlds: np.ndarray | None = None) -> np.ndarray:
        """(numbers, objectives); those with an objective that is not defined are left out."""
        every = self._within(self.worlds if worlds is None else worlds)
        best = self.aim.best(every)
        found = [self.aim.judged(every[number], every[0], best) for number in numbers]
        held = [self.aim.losses(judged.values) for judged in found if judged.finite]
        return np.array(held).reshape(len(held), len(self.aim.objectives))

    def value(self, number: int, each: Objective | Constraint, against: int | None = None) -> Interval | None:
        """What candidate ``number`` is judged by, less that of candidate ``against``; None where it is not defined."""

        def one(which: int, every: Sequence[Measured]) -> float:
            if isinstance(each, Objective):
                return each.value(every[which], self.aim.best(every))
            return float(each.judge.of(every[which][each.measure], each.least))

        def statistic(worlds: np.ndarray) -> float:
            every = self._within(worlds)
            return one(number, every) - (0.0 if against is None else one(against, every))

        return _interval(statistic, len(self.worlds))

    def met(self, number: int) -> str:
        """Whether candidate ``number`` meets the constraints: so say the 95 % intervals of what it violates them by."""
        found = [self._violation(number, each) for each in self.aim.constraints]
        if any(one and one.low > 0 for one in found):
            return NOT_MET
        return MET if all(one and one.high <= 0 for one in found) else UNCLEAR

    def _violation(self, number: int, each: Constraint) -> Interval | None:
        def statistic(worlds: np.ndarray) -> float:
            every = self._within(worlds)
            return each.violation(every[number], every[0])

        return _interval(statistic, len(self.worlds))

    def volume(self, scale: Scale, numbers: Sequence[int], against: Sequence[int] | None = None) -> Interval | None:
        """Hypervolume of candidates, less that of others. None lies below 0: without others the interval ends there."""

        def statistic(worlds: np.ndarray) -> float:
            less = 0.0 if against is None else scale.volume(self.losses(against, worlds))
            return scale.volume(self.losses(numbers, worlds)) - less

        found = _interval(statistic, len(self.worlds))
        return replace(found, low=max(0.0, found.low)) if found and against is None else found

    def _within(self, worlds: np.ndarray) -> list[Mapping[str, np.ndarray]]:
        return [{name: values[worlds] for name, values in held.items()} for held in self.measured]


def _interval(statistic, n: int) -> Interval | None:
    try:
        return jackknife(statistic, n)
    except InputError:
        return None
