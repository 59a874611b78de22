"""The search: settings are asked for in batches, tried, and told; what is finished stands in the journal.

A batch depends on the trials of the batches before it and on its own seed alone. So a search that was stopped asks for
the same batch again, and goes on as if nothing had been.
"""

import math
from collections.abc import Callable, Sequence
from copy import copy
from typing import NamedTuple

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import FrozenTrial, TrialState

from scenarios.tune.journal import NUMBER, Journal
from scenarios.tune.judging import REGRET
from scenarios.tune.levers import Lever, Setting, active
from scenarios.tune.objectives import Aim, Judged, Measured
from scenarios.tune.samplers import sampler
from scenarios.tune.values import Choices

_MEASURED = "measured"
_OTHERWISE = "measured something else"

Evaluate = Callable[[Sequence[Setting], int], Sequence[Measured]]
"""Tries the settings of a batch, given its number."""

Watch = Callable[[Sequence["Trial"]], None]
"""Is told of all trials, after each batch."""


class Trial(NamedTuple):
    """A finished trial: what was set, what was measured, and what that comes to."""

    number: int
    setting: Setting
    measured: Measured
    judged: Judged


class Search(NamedTuple):
    """What a search is: its ``name`` in the journal, how it proposes, and what its settings come to.

    ``reference``: the first batch of the search whose regrets these are too; None: its own.
    """

    name: str
    sampler: str
    seed: int
    batch: int
    levers: Sequence[Lever]
    aim: Aim
    default: Measured
    reference: Sequence[Trial] | None = None

    def run(self, journal: Journal, asked: dict, trials: int, evaluate: Evaluate, watch: Watch) -> list[Trial]:
        """Go on until there are ``trials`` trials; all of them. ``asked``: what they depend on besides.

        Raises ``InputError`` where the journal holds trials of something else, or was edited.
        """
        losses = len(self.aim.objectives)
        noted = journal.search(self.name, losses, asked)
        kept = journal.kept(noted)[:trials]
        study = optuna.create_study(directions=["minimize"] * losses)
        whole = len(kept) // self.batch * self.batch
        found, again = self._again(journal, noted, kept)
        study.add_trials(again[:whole])
        spaces = {lever.key: distribution(lever) for lever in self.levers}
        if whole:
            watch(self._judged(found[:whole], study.get_trials(deepcopy=False)))
        while whole < trials:
            number, size = whole // self.batch, min(self.batch, trials - whole)
            study.sampler = sampler(self.sampler, self.seed, number, self.batch)
            batch = [study.ask(spaces) for _ in range(size)]
            settings = [active(self.levers, trial.params) for trial in batch]
            there = min(len(found) - whole, size)
            found += evaluate(settings[there:], number) if there < size else ()
            best = self._best(found)
            for trial, measured in zip(batch, found[whole:], strict=False):
                self._tell(study, trial, measured, self.aim.judged(measured, self.default, best))
            told = study.get_trials(deepcopy=False)
            journal.add(noted, told[whole + there :])
            whole += size
            watch(self._judged(found[:whole], told))
        return self._judged(found, study.get_trials(deepcopy=False))

    def _again(
        self, journal: Journal, noted: optuna.Study, kept: Sequence[FrozenTrial]
    ) -> tuple[list[Measured], list[FrozenTrial]]:
        """What ``kept`` trials measured, and they with the losses that it comes to, which have to be those they had.

        But for regrets, which move while a first batch grows.
        """
        found = [_measured(trial, self.default) for trial in kept]
        if None in found:
            raise journal.spoilt(noted, found.index(None), _OTHERWISE)
        fixed = [each.judge.kind != REGRET for each in self.aim.objectives]
        again = [copy(trial) for trial in kept]
        for trial, one in zip(again, self._judged(found, kept), strict=True):
            if trial.values is not None:
                losses = self.aim.losses(one.judged.values)
                same = np.allclose(losses[fixed], np.array(trial.values)[fixed], rtol=1e-9, atol=0)
                if not (same and one.judged.finite):
                    raise journal.spoilt(noted, one.number, _OTHERWISE)
                trial.values = losses.tolist()
        return found, again

    def _best(self, found: Sequence[Measured]) -> dict[str, np.ndarray]:
        """What regrets are against: the best of the first batch in each world, which stays for the whole search."""
        if self.reference is not None:
            return self.aim.best([trial.measured for trial in self.reference[: self.batch]])
        return self.aim.best(found[: self.batch])

    def _judged(self, found: Sequence[Measured], told: Sequence[FrozenTrial]) -> list[Trial]:
        best = self._best(found) if found else {}
        return [
            Trial(i, active(self.levers, trial.params), held, self.aim.judged(held, self.default, best))
            for i, (held, trial) in enumerate(zip(found, told, strict=False))
        ]

    def _tell(self, study: optuna.Study, trial: optuna.Trial, measured: Measured, judged: Judged) -> None:
        """A setting for which an objective is not defined has failed; samplers then leave it out."""
        trial.set_user_attr(NUMBER, trial.number)
        trial.set_user_attr(_MEASURED, {name: [_plain(value) for value in held] for name, held in measured.items()})
        if not judged.finite:
            study.tell(trial, state=TrialState.FAIL)
            return
        for i, violation in enumerate(judged.violations):
            trial.set_constraint(f"{i}", min(violation, _FAR))
        study.tell(trial, self.aim.losses(judged.values).tolist())


_FAR = 1e9
"""Violation of a constraint whose measure is not defined: farther than any that is."""


def distribution(lever: Lever) -> BaseDistribution:
    """The values of a lever, as Optuna has it."""
    held = lever.values
    if isinstance(held, Choices):
        return CategoricalDistribution(held.values)
    low, high = held.ends if held.step else (held.low, held.high)  # no step ends beyond the last whole one
    if held.whole:
        return IntDistribution(int(low), int(high), held.log, int(held.step) or 1)
    return FloatDistribution(low, high, held.log, held.step or None)


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _measured(trial: FrozenTrial, default: Measured) -> Measured | None:
    """What a kept trial measured; None where that is not what the default has: the same measures in as many worlds."""
    try:
        found = {name: np.array(row, float) for name, row in trial.user_attrs[_MEASURED].items()}  # null is NaN
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    same = {name: row.shape for name, row in found.items()} == {name: row.shape for name, row in default.items()}
    return found if same else None
