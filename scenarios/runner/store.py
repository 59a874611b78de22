"""The store that a study fills: what is finished waits in a hidden journal until its part is complete.

The parts are a function of the set of keys alone, ``CHUNK`` runs each in the order of their keys; so the files of a
study that was interrupted are those of one that was not.
"""

import fcntl
import os
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from analysis.store import RUNS, versions
from scenarios.runner.journal import Journal
from scenarios.runner.part import Tables, drop_part, keys_of_parts, read_part, tables_of, write_part
from sim.errors import InputError
from sim.output.disk import writing
from sim.output.provenance import DISTRIBUTION

CHUNK = 100
"""Runs in a part: some hundred megabytes in memory, and few files for thousands of runs."""


class Store:
    """The folder of a study, locked while this lives.

    Raises ``InputError`` where another process has it, and where it has runs of another version.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        _check_version(folder)
        self._lock = lock(folder)
        self._parts, self._journal = keys_of_parts(folder), Journal(folder / ".journal")
        self.tables = self._journal.tables() or tables_of(folder, next(iter(self._parts), ""))
        """Names of the tables that are kept of each run; none where there is no run."""
        self._journal.forget(_all(self._parts))
        self._chunks: dict[str, list[str]] = {}
        self._part_of: dict[str, str] = {}
        self._lacking: dict[str, set[str]] = {}

    def close(self) -> None:
        """Let others have the folder."""
        os.close(self._lock)

    @property
    def keys(self) -> set[str]:
        """The runs that are there."""
        return _all(self._parts) | _all(self._journal.waiting)

    def expect(self, keys: Iterable[str]) -> None:
        """``keys`` are to come, or are there: lay the parts out for them and for what else is there."""
        every = sorted({*keys, *self.keys})
        starts = range(0, len(every), CHUNK)
        self._chunks = {f"part-{number:05d}": every[i : i + CHUNK] for number, i in enumerate(starts)}
        for name, held in list(self._parts.items()):
            if held != self._chunks.get(name):
                self._journal.put(read_part(self.folder, name))
                drop_part(self.folder, name)
                del self._parts[name]
        self._lacking = {name: set(chunk) for name, chunk in self._chunks.items() if name not in self._parts}
        self._part_of = {key: name for name in self._lacking for key in self._chunks[name]}
        self._arrived(_all(self._journal.waiting))

    def settle(self) -> None:
        """What was expected and is not there does not come: lay the parts out for what is there."""
        self.expect(())

    def add(self, runs: Tables) -> None:
        """Keep the tables of finished runs, which were expected."""
        self._journal.put(runs)
        self._arrived(runs[RUNS].column("key").to_pylist())

    def _arrived(self, keys: Iterable[str]) -> None:
        """``keys`` are in the journal: write every part that lacks no more."""
        touched = set()
        for key in keys:
            name = self._part_of[key]
            self._lacking[name].discard(key)
            touched.add(name)
        for name in sorted(touched):
            if not self._lacking[name]:
                chunk = self._chunks[name]
                write_part(self.folder, name, self._journal.rows(chunk))
                self._parts[name] = chunk
                self._journal.forget(chunk)


def lock(folder: Path) -> int:
    """Have ``folder``, which is made where it is not there, until what is returned is closed or this process ends.

    Raises ``InputError`` where another process has it.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        held = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(held)
        raise InputError(f"{folder}: another process is writing into it; allowed is one at a time") from error
    return held


def _check_version(folder: Path) -> None:
    """Runs of two versions cannot be measured together, so none are added to those of another."""
    ours = metadata.version(DISTRIBUTION)
    for version, path in versions(sorted((folder / RUNS).glob("part-*.parquet"))).items():
        if version != ours:
            said = f"found runs of version {version} ({RUNS}/{path.name}); allowed is a folder of version {ours}"
            raise InputError(f"{folder}: {said}, or a new one")


def _all(named: dict[str, Iterable[str]]) -> set[str]:
    return {key for keys in named.values() for key in keys}
