"""The journal of a tuning: Optuna's journal storage, into which a trial comes when it is finished, in one line.

A trial that was asked for and not finished is in no journal, so that nothing has to be cleared away after a kill.
"""

import json
from pathlib import Path

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from sim.errors import InputError
from sim.output.disk import writing

FILE = "journal.log"
_ASKED = "asked"


class _Held:
    """No lock: the folder of a tuning is locked as a whole, and a lock left by a killed process would be waited for."""

    def acquire(self) -> bool:
        return True

    def release(self) -> None:
        pass


def journal(folder: Path) -> JournalStorage:
    """The journal in ``folder``, without a last line that was cut off. The folder is to be locked."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    path = folder / FILE
    with writing(path):
        if path.exists():
            held = path.read_bytes()
            whole = held[: held.rfind(b"\n") + 1]
            if len(whole) < len(held):
                path.write_bytes(whole)
        return JournalStorage(JournalFileBackend(str(path), lock_obj=_Held()))


def noted(storage: JournalStorage, name: str, losses: int, asked: dict) -> optuna.Study:
    """The search ``name`` of the journal, new or as it was; ``asked``: what its trials depend on.

    Raises ``InputError`` where the journal's were asked for otherwise.
    """
    found = optuna.create_study(
        storage=storage, study_name=name, directions=["minimize"] * losses, load_if_exists=True
    )
    before = found.user_attrs.get(_ASKED)
    if before is None:
        found.set_user_attr(_ASKED, asked)
    elif before != json.loads(json.dumps(asked)):
        differs = ", ".join(key for key in asked if before.get(key) != json.loads(json.dumps(asked[key])))
        raise InputError(f"it holds trials of another tuning: another {differs}; allowed is another --out")
    return found
