"""The journal of a tuning: Optuna's journal storage, into which a trial comes when it is finished, in one line.

A trial that was asked for and not finished is in no journal, so that nothing has to be cleared away after a kill.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import FrozenTrial

from sim.errors import InputError
from sim.output.disk import sync, writing

FILE = "journal.log"
_ASKED = "asked"
NUMBER = "number"
"""What a trial says of its place among the trials of its search."""

_SPOILT = "not what a tuning wrote; allowed is the journal as it was, or another --out"


class _Backend(JournalFileBackend):
    """A file that is only written by who has its folder, and brought to disk batch by batch."""

    def append_logs(self, logs: list[dict]) -> None:
        """Add a line for each of ``logs``, without the lock and the wait for the disk that others take."""
        with open(self._file_path, "ab") as file:
            file.write("".join(f"{json.dumps(log)}\n" for log in logs).encode())


@dataclass(frozen=True)
class Journal:
    """The journal in ``folder``, which is to be locked; a last line that was cut off is taken away."""

    folder: Path

    @cached_property
    def _storage(self) -> JournalStorage:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        with writing(self._path):
            self.folder.mkdir(parents=True, exist_ok=True)
            if self._path.exists():
                held = self._path.read_bytes()
                whole = held[: held.rfind(b"\n") + 1]
                if len(whole) < len(held):
                    self._path.write_bytes(whole)
                self._check(whole)
            try:
                return JournalStorage(_Backend(str(self._path)))
            except (AssertionError, LookupError, TypeError, ValueError) as error:  # lines that do not go together
                raise InputError(f"{self._path}: {_SPOILT}") from error

    def _check(self, held: bytes) -> None:
        """Refuse a line that no journal has."""
        for number, line in enumerate(held.splitlines(), start=1):
            try:
                json.loads(line)["op_code"]
            except (KeyError, TypeError, ValueError) as error:
                raise InputError(f"{self._path}:{number}: {_SPOILT}") from error

    @property
    def _path(self) -> Path:
        return self.folder / FILE

    def search(self, name: str, losses: int, asked: dict) -> optuna.Study:
        """The search ``name``, new or as it was, of so many losses; ``asked``: what its trials depend on.

        Raises ``InputError`` where the trials that are there were asked for otherwise.
        """
        found = optuna.create_study(
            storage=self._storage, study_name=name, directions=["minimize"] * losses, load_if_exists=True
        )
        asked = json.loads(json.dumps(asked))
        before = found.user_attrs.get(_ASKED)
        if before is None:
            found.set_user_attr(_ASKED, asked)
        elif before != asked:
            differs = ", ".join(key for key in asked if before.get(key) != asked[key])
            raise InputError(f"{self.folder} is another tuning's: another {differs}; allowed is another --out")
        return found

    def kept(self, search: optuna.Study) -> list[FrozenTrial]:
        """The finished trials, in order. Raises ``InputError`` where one of them is missing."""
        found = search.get_trials(deepcopy=False)
        for number, trial in enumerate(found):
            if trial.user_attrs.get(NUMBER) != number:
                raise self.spoilt(search, number, "is missing")
        return found

    def spoilt(self, search: optuna.Study, number: int, how: str) -> InputError:
        """That trial ``number`` is not what was kept."""
        return InputError(f"{self._path}: trial {number} of {search.study_name} {how}: {_SPOILT}")

    def add(self, search: optuna.Study, trials: Sequence[FrozenTrial]) -> None:
        """Keep finished trials, which have their `NUMBER`. Raises ``InputError`` where the disk refuses."""
        with writing(self._path):
            search.add_trials(trials)
            sync(self._path)
