"""The configuration of a run, as it was written: it tells of a key that is not there."""

from collections.abc import Mapping
from pathlib import Path

from analysis.errors import InputError


class Configuration(dict):
    """What ``said`` says, mappings within it too. Raises ``InputError`` on a key of another version."""

    def __init__(self, said: Mapping, where: Path | str, within: str = ""):
        super().__init__(said)
        self._where, self._within = where, within
        for key, value in said.items():
            if isinstance(value, Mapping):
                self[key] = Configuration(value, where, f"{within}{key}.")

    def __missing__(self, key: str) -> object:
        raise InputError(f"{self._where}: its configuration has no key '{self._within}{key}'; "
                         "allowed is a run of this version")  # fmt: skip
