"""A tuning from its file to its trials: the search, and a random one of as many trials beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from scenarios.runner.pool import Crew, Work
from scenarios.runner.work import work
from scenarios.tune.definition import Tuning
from scenarios.tune.evaluation import Evaluation
from scenarios.tune.fresh import RANDOM, TUNED, Again, Candidate
from scenarios.tune.hypervolume import Scale
from scenarios.tune.journal import Journal
from scenarios.tune.levers import Setting
from scenarios.tune.objectives import BASELINE, Measured
from scenarios.tune.progress import Progress, refuse_infeasible, scale_of
from scenarios.tune.samplers import RANDOM as AT_RANDOM
from scenarios.tune.settings import Settings
from scenarios.tune.trials import Search, Trial
from scenarios.tune.worlds import CHOOSING, JUDGING, SEARCHED, World
from sim.config import Config
from sim.errors import InputError
from sim.output.provenance import fingerprint

SEEDS = {TUNED: 1, RANDOM: 2}
"""Of what the two searches propose."""


@dataclass(frozen=True)
class Tried:
    """The trials of each search, and the scale of their volumes."""

    trials: dict[str, list[Trial]]
    scale: Scale


@dataclass(frozen=True)
class Tuner:
    """A tuning with what the command line says of it. Raises ``InputError`` where its levers or worlds are refused.

    ``overrides``: behind the file's base, in every run.
    """

    tuning: Tuning
    overrides: tuple[str, ...]
    folder: Path
    crew: Crew
    do: Work = work

    def __post_init__(self):
        for which in (SEARCHED, CHOOSING, JUDGING):
            self.settings.check_worlds(self.worlds(which))

    @cached_property
    def settings(self) -> Settings:
        """The configurations of settings of the levers."""
        return Settings(self.tuning.path, self._base, self.tuning.levers)

    @cached_property
    def baseline(self) -> Config:
        """What measures of twins compare with."""
        if not self.tuning.baseline:
            return self.settings.default
        return Settings(self.tuning.path, (*self._base, *self.tuning.baseline), ()).default

    @property
    def _base(self) -> tuple[str, ...]:
        return *self.tuning.base, *self.overrides

    def worlds(self, which: str) -> list[World]:
        """The worlds of one of the three sets."""
        count = self.tuning.worlds.count if which == SEARCHED else self.tuning.fresh.worlds
        return self.tuning.worlds.drawn(which, count)

    @property
    def runs(self) -> int:
        """How many runs the whole takes, at most."""
        seeds, fresh = self.tuning.worlds.seeds, self.tuning.fresh
        searches = 1 if self.tuning.sampler == AT_RANDOM else 2
        again = 2 * fresh.worlds * (searches * fresh.most + 2)
        return seeds * (self.tuning.worlds.count * (searches * self.tuning.trials + 2) + again)

    def tried(self) -> Tried:
        """Do what is missing of the searches. Raises ``InputError`` where no trial can be used."""
        evaluation = self._evaluation(SEARCHED)
        (default,) = evaluation.measured([self.settings.default], "default", "the default")
        journal, tuned = Journal(self.folder), []

        def scale(trials: Sequence[Trial]) -> Scale | None:
            return scale_of(self.tuning.aim, (tuned or trials)[: self.tuning.batch])

        def searched(name: str, by: str) -> list[Trial]:
            own = self.tuning
            progress = Progress(name, own.aim, own.trials, scale)
            search = Search(name, by, SEEDS[name], own.batch, own.levers, own.aim, default, tuned or None)

            def evaluate(settings: Sequence[Setting], number: int) -> list[Measured]:
                place = f"{name}-{number:05d}"
                return evaluation.measured([self.settings.config(one) for one in settings], place, progress.words)

            try:
                found = search.run(journal, self._asked(by), own.trials, evaluate, progress)
                if name == TUNED:  # that random search finds nothing is a result
                    refuse_infeasible(own.aim, found)
            except InputError as error:
                raise InputError(f"{own.name}: {error}") from error
            return found

        tuned = searched(TUNED, self.tuning.sampler)
        trials = {TUNED: tuned}
        if self.tuning.sampler != AT_RANDOM:
            trials[RANDOM] = searched(RANDOM, AT_RANDOM)
        return Tried(trials, scale(tuned))

    def again(self, which: str, candidates: Sequence[Candidate]) -> Again:
        """What ``candidates`` come to in the fresh worlds of the set ``which``."""
        evaluation = self._evaluation(which)
        what = f"{which}: {len(candidates)} settings"
        measured = evaluation.measured([self.config(one) for one in candidates], "settings", what)
        return Again(self.tuning.aim, candidates, measured)

    def config(self, one: Candidate) -> Config:
        """The configuration of a setting that is tried again."""
        if one.trial is not None:
            return self.settings.config(one.setting)
        return self.baseline if one.name == BASELINE else self.settings.default

    def _evaluation(self, which: str) -> Evaluation:
        own = self.tuning
        return Evaluation(
            self.folder / which, self.worlds(which), self.baseline, own.aim.measures, own.tables, self.crew,
            self.do,
        )  # fmt: skip

    def _asked(self, by: str) -> dict:
        """What trials depend on, in words that journals keep."""
        own = self.tuning
        said = {key: own.said.get(key) for key in ("base", "baseline", "levers", "objectives", "constraints", "judge")}
        worlds = {"worlds": [own.worlds.count, own.worlds.seeds], "draws": own.said["worlds"].get("draws")}
        return said | worlds | {
            "overrides": list(self.overrides), "sampler": by, "batch": own.batch, "simulator": fingerprint(),
        }  # fmt: skip
