"""The configuration of a run, as it was written: it tells of a key that is not there."""

import math
from collections.abc import Mapping
from pathlib import Path

from analysis.errors import InputError


class Configuration(dict):
    """What ``said`` says, mappings within it too. Raises ``InputError`` on a key of another version."""

    def __init__(self, said: Mapping, where: Path | str, within: str = ""):
        super().__init__(said)
        self._where, self._within = where, within

    def __getitem__(self, key: str) -> object:
        value = super().__getitem__(key)
        if type(value) is dict:  # only now: few of the groups of a run are ever asked for
            value = self[key] = Configuration(value, self._where, f"{self._within}{key}.")
        return value

    def at(self, name: str) -> object:
        """What is said under the key ``name``, with dots. Raises ``InputError`` where there is no such key."""
        key, _, rest = name.partition(".")
        found = self[key]
        if rest and not isinstance(found, Configuration):
            raise self._refused(key, found, "a group of keys")
        return found.at(rest) if rest else found

    def number(self, name: str) -> float:
        """The number that is said under the key ``name``, with dots. Raises ``InputError`` where there is none."""
        found = self.at(name)
        if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
            raise self._refused(name, found, "a number")
        return found

    def _refused(self, name: str, found: object, allowed: str) -> InputError:
        return InputError(
            f"{self._where}: its configuration has {found!r} for '{self._within}{name}'; allowed is {allowed}"
        )

    def __missing__(self, key: str) -> object:
        raise InputError(f"{self._where}: its configuration has no key '{self._within}{key}'; "
                         "allowed is a run of this version")  # fmt: skip
