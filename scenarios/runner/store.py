"""The store that a study fills: what is finished waits in a hidden journal until its part is complete.

The parts are a function of the set of keys alone, ``CHUNK`` runs each in the order of their keys; so the files of a
study that was interrupted are those of one that was not.
"""

import fcntl
import os
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from scenarios.runner.part import (
    Tables,
    drop_part,
    keys_of_parts,
    read_part,
    runs_in,
    together,
    write_part,
)
from sim.errors import InputError
from sim.output.disk import writing

CHUNK = 100
"""Runs in a part: some hundred megabytes in memory, and few files for thousands of runs."""


class Store:
    """The folder of a study, locked while this lives. Raises ``InputError`` where another process has it."""

    def __init__(self, folder: Path):
        self.folder, self.journal = folder, folder / ".journal"
        with writing(folder):
            self.journal.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise InputError(f"{folder}: another study is writing into it; allowed is one at a time") from error
        self._parts, self._waiting = keys_of_parts(folder), keys_of_parts(self.journal)
        self._sweep()
        self._chunks: dict[str, list[str]] = {}

    def close(self) -> None:
        """Let others have the folder."""
        os.close(self._lock)

    @property
    def keys(self) -> set[str]:
        """The runs that are there."""
        return {key for parts in (self._parts, self._waiting) for keys in parts.values() for key in keys}

    def expect(self, keys: Iterable[str]) -> None:
        """``keys`` are to come, or are there: lay the parts out for them and for what else is there."""
        every = iter(sorted({*keys, *self.keys}))
        number = 0
        while chunk := list(islice(every, CHUNK)):
            self._chunks[f"part-{number:05d}"] = chunk
            number += 1
        for name, held in list(self._parts.items()):
            if held != self._chunks.get(name):
                self._put(f"of-{name}", read_part(self.folder, name))
                drop_part(self.folder, name)
                del self._parts[name]
        self._promote()

    def add(self, runs: Tables) -> None:
        """Keep the tables of finished runs."""
        self._put(runs["runs"].column("key")[0].as_py(), runs)
        self._promote()

    def _put(self, name: str, tables: Tables) -> None:
        write_part(self.journal, name, tables)
        self._waiting[name] = tables["runs"].column("key").to_pylist()

    def _promote(self) -> None:
        """Write every part whose runs are all in the journal."""
        there = {key for keys in self._waiting.values() for key in keys}
        for name, chunk in self._chunks.items():
            if name not in self._parts and there.issuperset(chunk):
                wanted, found = set(chunk), {}
                for entry, keys in self._waiting.items():
                    if not wanted.isdisjoint(keys):
                        found |= {k: run for k, run in runs_in(read_part(self.journal, entry)) if k in wanted}
                write_part(self.folder, name, together(found[key] for key in chunk))
                self._parts[name] = chunk
        self._sweep()

    def _sweep(self) -> None:
        """Forget entries of the journal whose runs all stand in a part."""
        done = {key for keys in self._parts.values() for key in keys}
        for name, keys in list(self._waiting.items()):
            if done.issuperset(keys):
                drop_part(self.journal, name)
                del self._waiting[name]
