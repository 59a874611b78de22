"""What a file of ours says at a place, or one line about it: the file, the key, what was found and what is allowed."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from sim.errors import InputError, nearest, shown


@dataclass(frozen=True)
class Said:
    """A value of a file, and where it stands: ``path`` of the file, ``at`` the key in it."""

    path: Path
    at: str
    value: object

    @staticmethod
    def read(name: str, folder: Path, kind: str) -> "Said":
        """All of ``name``.yaml in ``folder``, or of the file ``name`` (.yaml); ``kind``: what such a file is called.

        Raises ``InputError`` where it is not there or cannot be read.
        """
        own = name.endswith((".yaml", ".yml"))
        path = Path(name) if own else folder / f"{name}.yaml"
        if not path.is_file():
            beside = [each.name for each in path.parent.glob("*.y*ml") if own and each.is_file()]
            hint = nearest(path.name if own else name, [*beside, *names(folder)])
            raise InputError(f"{name}: no such {'file' if own else kind}; {hint}")
        try:
            return Said(path, "", yaml.safe_load(path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise InputError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error

    def wrong(self, allowed: str) -> InputError:
        """The error for what was found here."""
        return self.fault(f"found {shown(self.value)}; {allowed}")

    def fault(self, text: str) -> InputError:
        """The error for this place."""
        return InputError(f"{self.path}: {self.at}: {text}" if self.at else f"{self.path}: {text}")

    def keys(self, known: Iterable[str], needed: Iterable[str] = ()) -> dict[str, "Said"]:
        """A group of keys, all of them ``known`` and none that is ``needed`` missing."""
        found = self.mapping("a group of keys")
        for key in found:
            if key not in known:
                raise self.fault(f"{key}: no such key; {nearest(key, known)}")
        for key in needed:
            if key not in found:
                raise self.fault(f"{key}: missing")
        return found

    def mapping(self, allowed: str) -> dict[str, "Said"]:
        """A group of keys of the file's own choice."""
        if not isinstance(self.value, dict) or not self.value:
            raise self.fault(f"found {shown(self.value)}; allowed is {allowed}")
        named = {word(key): value for key, value in self.value.items()}
        return {key: Said(self.path, f"{self.at}.{key}".lstrip("."), value) for key, value in named.items()}

    def items(self, least: int = 0) -> list["Said"]:
        """A list of ``least`` or more."""
        if not isinstance(self.value, list) or len(self.value) < least:
            raise self.wrong(f"allowed is a list of {least} or more" if least else "allowed is a list")
        return [Said(self.path, f"{self.at}[{i}]", value) for i, value in enumerate(self.value)]

    def one(self, known: Iterable[str] | Mapping) -> str:
        """A name among ``known``."""
        name = word(self.value)
        if isinstance(self.value, list | dict) or name not in list(known):
            raise self.wrong(nearest(name, known))
        return name

    def each(self, known: Iterable[str]) -> tuple[str, ...]:
        """A list of names among ``known``."""
        return tuple(item.one(known) for item in self.items())

    def text(self) -> str:
        """A text."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.wrong("allowed is text")
        return self.value

    def number(self, above: float = -math.inf) -> float:
        """A finite number greater than ``above``."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not above < value < math.inf:
            raise self.wrong("allowed is a number" + (f" greater than {above:g}" if above > -math.inf else ""))
        return float(value)

    def count(self, least: int, most: int) -> int:
        """A whole number from ``least`` to ``most``."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or not least <= self.value <= most:
            raise self.wrong(f"allowed is a whole number from {least} to {most}")
        return self.value

    def flag(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise self.wrong("allowed are true and false")
        return self.value

    def overrides(self) -> tuple[str, ...]:
        """A list of Hydra overrides."""
        if not isinstance(self.value, list) or not all(isinstance(line, str) and "=" in line for line in self.value):
            raise self.wrong("allowed is a list such as [stake=none, seed=2]")
        return tuple(self.value)


def names(folder: Path) -> list[str]:
    """The files that lie in ``folder``, by name."""
    return sorted(path.stem for path in folder.glob("*.yaml"))


def word(value: object) -> str:
    """A value as an override and the name of a level say it."""
    if isinstance(value, float):
        return f"{value:.12g}"
    return shown(value) if value is None or isinstance(value, bool) else str(value)
