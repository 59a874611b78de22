"""What one sees of a search while it goes on, and when there is no use in going on."""

import sys
from collections.abc import Callable, Sequence

import numpy as np

from scenarios.tune.hypervolume import Scale, on_front
from scenarios.tune.objectives import Aim
from scenarios.tune.trials import Trial
from sim.errors import InputError


class Progress:
    """Says after each batch how many trials there are, how many are on the front, and its hypervolume.

    ``words``: the same, for the bar of the runs; ``scale``: that of the volume, given the trials.
    """

    def __init__(self, search: str, aim: Aim, total: int, scale: Callable[[Sequence[Trial]], Scale | None]):
        self._search, self._aim, self._total, self._scale = search, aim, total, scale
        self.words = f"{search}: 0 of {total} trials"

    def __call__(self, trials: Sequence[Trial]) -> None:
        """Say it. Raises ``InputError`` where an objective has no value in any trial."""
        for i, objective in enumerate(self._aim.objectives):
            if not any(np.isfinite(trial.judged.values[i]) for trial in trials):
                raise InputError(
                    f"objectives: {objective.measure}: not defined in every world in any of the {len(trials)} trials "
                    "so far; allowed is a measure that is, or another range of levers"
                )
        held = np.array([self._aim.losses(trial.judged.values) for trial in trials if trial.judged.feasible])
        front = int(on_front(held).sum())
        scale = self._scale(trials)
        volume = scale.volume(held) if scale else 0.0
        self.words = f"{self._search}: {len(trials)} of {self._total} trials, front {front}, hypervolume {volume:.3f}"
        print(self.words, file=sys.stderr)


def scale_of(aim: Aim, first: Sequence[Trial]) -> Scale | None:
    """The scale of the trials of a first batch, which are drawn at random; None where none is defined."""
    losses = [aim.losses(trial.judged.values) for trial in first if trial.judged.finite]
    return Scale.of(np.array(losses)) if losses else None


def refuse_infeasible(aim: Aim, trials: Sequence[Trial]) -> None:
    """Raise ``InputError`` where no trial is defined and meets every constraint."""
    if any(trial.judged.feasible for trial in trials):
        return
    held = [trial for trial in trials if trial.judged.finite]
    if not held:
        raise InputError(f"none of the {len(trials)} trials has a value for every objective")
    nearest = min(held, key=lambda trial: max(trial.judged.violations))
    i = int(np.argmax(nearest.judged.violations))
    missed = nearest.judged.violations[i]
    by = f"by {missed:.3g} times the bound, or by so much where that is 0" if np.isfinite(missed) else "having no value"
    raise InputError(
        f"constraints: none of the {len(trials)} trials meets them; the nearest, trial {nearest.number}, misses "
        f"{aim.constraints[i].words} {by}; allowed is a weaker bound, or other levers"
    )
