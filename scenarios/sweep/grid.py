"""The grid of a sweep: which keys have several values, and the configuration of each combination.

The words are Hydra's, read by Hydra's own parser: ``KEY=A,B``, ``KEY=choice(A,B)``, ``KEY=range(START,STOP,STEP)``,
``GROUP=glob(*)``; a word with one value holds for every point.
"""

import re
from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

from hydra import initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException

from scenarios.runner.words import check_keys
from sim.compose import configure
from sim.config import Config, config_folder
from sim.errors import InputError, shown
from sim.shell.check import check_named
from sim.shell.complaints import complaint
from sim.shell.overrides import check_overrides

_FORMS = "KEY=A,B or 'KEY=range(START,STOP,STEP)'"


class Point(NamedTuple):
    """A combination: swept key → its value, a number or a word, and the configuration."""

    values: dict[str, float | int | str]
    config: Config


def grid(words: Sequence[str]) -> list[Point]:
    """The points that ``words`` span, the last key varying fastest. Raises ``InputError``."""
    swept, fixed = _read(words)
    found = []
    for chosen in product(*swept.values()):
        values = dict(zip(swept, chosen, strict=True))
        try:
            config = configure(*fixed, *(f"{key}={swept[key][value]}" for key, value in values.items()))
            check_named(config)
        except InputError as error:
            raise InputError(f"{' '.join(f'{key}={value}' for key, value in values.items())}: {error}") from error
        found.append(Point(values, config))
    return found


def _read(words: Sequence[str]) -> tuple[dict[str, dict], list[str]]:
    """Swept key → its values and how Hydra reads each, and the words that hold for every point."""
    swept: dict[str, dict] = {}
    fixed: dict[str, str] = {}
    try:
        check_overrides(words, None)
        with initialize_config_dir(str(config_folder()), version_base="1.3"):
            parser = OverridesParser.create(GlobalHydra.instance().config_loader())
            for word, override in zip(words, parser.parse_overrides(list(words)), strict=True):
                key = override.key_or_group
                if key in swept or key in fixed:
                    raise InputError(f"{key}: found twice; allowed is once, with all its values: {_FORMS}")
                _check(word, override)
                if override.is_sweep_override():
                    swept[key] = _values(word, override)
                else:
                    fixed[key] = word
    except HydraException as error:
        raise complaint(error) from error
    if not swept:
        raise InputError(f"no key has several values; allowed is at least one such as {_FORMS}")
    return swept, list(fixed.values())


def _check(word: str, override: Override) -> None:
    key = override.key_or_group
    if override.is_add() or override.is_delete() or override.package is not None:
        raise InputError(f"{shown(word)}: allowed are keys that are there, without + and ~: {_FORMS}")
    check_keys([key])


def _values(word: str, override: Override) -> dict:
    """The values of a swept key, numbers where all are, else words as they were written; how Hydra reads each."""
    if not override.is_discrete_sweep():
        raise InputError(f"{shown(word)}: found an interval; allowed are single values: {_FORMS}")
    try:
        plain = [_exact(value) for value in override.sweep_iterator()]
    except ValueError as error:
        raise InputError(f"{shown(word)}: {error}") from error
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in plain)
    read = plain if numbers else [str(value) for value in override.sweep_string_iterator()]
    found = read if numbers else [re.sub(r"\\(.)", r"\1", value) for value in read]  # Hydra writes a:b as a\:b
    if not found:
        raise InputError(f"{shown(word)}: found no value; allowed is {_FORMS}")
    for value in found:
        if found.count(value) > 1:
            raise InputError(f"{override.key_or_group}: found {shown(value)} twice; allowed are different values")
    return dict(zip(found, read, strict=True))


def _exact(value: object) -> object:
    """A step of 0.1 thrice is 0.3, not 0.30000000000000004."""
    return float(f"{value:.12g}") if isinstance(value, float) else value
