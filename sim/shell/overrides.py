"""What can be said of overrides and presets before Hydra composes them: that they are some, and will be read."""

import os
from collections.abc import Sequence
from pathlib import Path

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import ChoiceSweep, Override

from sim.config import config_folder
from sim.errors import InputError, shown

_FORMS = "KEY=VALUE such as demand.rate=30000, GROUP=OPTION such as retry=none, and one FILE.yaml"


def check_overrides(words: Sequence[str], presets: Path | None) -> None:
    """Refuse words that are no overrides, and what is no name where a group chooses; ``presets``: the user's folder.

    Raises ``InputError``, and Hydra's own error where its grammar is broken.
    """
    for word in words:
        if "=" not in word and not word.startswith("~"):
            raise InputError(f"{shown(word)}: found {_kind(word)}; allowed are {_FORMS}")
        if word.startswith("="):
            raise InputError(f"{shown(word)}: found a value without a key; allowed are {_FORMS}")
    for override in OverridesParser.create().parse_overrides(list(words)):
        for value in [] if override.is_delete() else _values(override):
            if value is None or isinstance(value, int | float):
                _refuse_choice(override.key_or_group, value, presets)


def check_presets(folder: Path, named: str) -> None:
    """Refuse what is no ``folder``, and a preset where we have one: Hydra would find ours first, and never read it.

    ``named``: what names the folder. Raises ``InputError``.
    """
    if not folder.is_dir():
        raise InputError(f"{named}: {folder} is no folder")
    for ours in config_folder().glob("*/*.yaml"):
        if (theirs := folder / ours.relative_to(config_folder())).exists():
            raise InputError(f"{theirs}: Turnstile has a preset of this name, which wins; allowed is another name")


def _kind(word: str) -> str:
    return "a folder, which hydra.run.dir=FOLDER writes into" if os.path.isdir(word) else "a word without ="


def _values(override: Override) -> list:
    value = override.value()
    return value.list if isinstance(value, ChoiceSweep) else [value]


def _refuse_choice(group: str, value: object, presets: Path | None) -> None:
    folders = [folder / group for folder in (config_folder(), presets) if folder and (folder / group).is_dir()]
    options = {file.stem for folder in folders for file in folder.glob("*.yaml")} - {"base"}
    if options or "/" in group:
        allowed = f"one of {', '.join(sorted(options))}" if options else "the name of an option"
        raise InputError(f"{group}: found {shown(value)}; allowed is {allowed}")
