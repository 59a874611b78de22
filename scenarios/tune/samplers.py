"""How settings are proposed: Optuna's samplers by name, each batch with a seed of its own."""

import warnings
from collections.abc import Callable

import numpy as np
from optuna.exceptions import ExperimentalWarning
from optuna.samplers import BaseSampler, NSGAIISampler, RandomSampler, TPESampler
from optuna.samplers.nsgaii import PolynomialMutation

NSGA2, TPE, RANDOM = "nsga2", "tpe", "random"


class _Repeatable(NSGAIISampler):
    """NSGA-II with its polynomial mutation (Deb and others 2002), whose parents stand in the order of their trials.

    Optuna hands parents out in another order when it has just selected them than when it finds them noted; only in one
    order does a search that was resumed go on as it would have.
    """

    def __init__(self, seed: int, population: int):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)  # new in Optuna 5; without it fronts are found late
            mutation = PolynomialMutation()
        super().__init__(seed=seed, population_size=population, mutation=mutation)
        self._noted = False

    def select_parent(self, study, generation: int) -> list:
        return sorted(super().select_parent(study, generation), key=lambda trial: trial.number)

    def before_trial(self, study, trial) -> None:
        """Note the parents of every generation in turn: each would else ask for those before it, thousands deep."""
        super().before_trial(study, trial)
        for generation in () if self._noted else range(1, self.get_trial_generation(study, trial)):
            self.get_parent_population(study, generation)
        self._noted = True


SAMPLERS: dict[str, Callable[[int, int], BaseSampler]] = {
    NSGA2: _Repeatable,
    TPE: lambda seed, batch: TPESampler(seed=seed, n_startup_trials=batch),
    RANDOM: lambda seed, batch: RandomSampler(seed=seed),
}
"""Name → the sampler with a seed; the first ``batch`` trials are drawn at random by all."""


def sampler(name: str, seed: int, number: int, batch: int) -> BaseSampler:
    """The sampler of batch ``number``: what it proposes depends on the trials before it and on nothing else."""
    (own,) = np.random.SeedSequence([seed, number]).generate_state(1)
    return SAMPLERS[name](int(own), batch)
