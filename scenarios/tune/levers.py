"""Levers: what of the network's rules is tuned, and which of them hold at a setting."""

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.twins import WORLD
from scenarios.runner.moved import moved
from scenarios.study.saying import Said, word
from scenarios.tune.values import Choices, Range, Value, values
from sim.config import config_folder, keys, no_such_key
from sim.errors import InputError
from sim.shell.groups import groups

Setting = Mapping[str, Value]
"""Lever → value, of the levers that hold."""


@dataclass(frozen=True)
class Lever:
    """A key of the rules, or a group of presets, and its ``values``.

    ``when``: other lever → values of that; where it has another, this lever is off and stays as the base has it.
    """

    key: str
    values: Range | Choices
    when: dict[str, tuple[Value, ...]]

    @property
    def is_group(self) -> bool:
        """Whether its choices are presets."""
        return self.key in groups(config_folder())


def levers(said: Said) -> tuple[Lever, ...]:
    """The levers that a tuning file names, those that others hang on before them."""
    found: dict[str, Lever] = {}
    for key, one in said.mapping("levers by key").items():
        held = one.keys(("low", "high", "log", "step", "choices", "when"))
        if is_world(key):
            raise one.fault("is part of the world, not of the network's rules; allowed is under worlds.draws")
        lever = Lever(key, values(one, held, known(one, key)), _when(held["when"], found) if "when" in held else {})
        if lever.is_group and not all(isinstance(value, str) for value in lever.values.values):
            raise held["choices"].wrong(f"allowed are names of presets of {key}")
        found[key] = lever
    return tuple(found.values())


def is_world(key: str) -> bool:
    """Whether a key is part of the world, which no rule changes."""
    return any(key == part or key.startswith(f"{part}.") for part in WORLD)


def known(said: Said, key: str):
    """The key of the configuration called ``key``; None where it is a group. Raises ``InputError`` where it is none."""
    if key in groups(config_folder()):
        return None
    if key not in keys():
        raise said.fault(str(no_such_key(key)).partition(": ")[2])
    return keys()[key]


def active(found: tuple[Lever, ...], drawn: Setting) -> dict[str, Value]:
    """Of what was drawn for every lever, the values of those that are on."""
    setting: dict[str, Value] = {}
    for lever in found:
        if all(setting.get(other) in allowed for other, allowed in lever.when.items()):
            setting[lever.key] = drawn[lever.key]
    return setting


def in_words(setting: Setting) -> str:
    """A setting as overrides say it."""
    return " ".join(f"{key}={word(value)}" for key, value in setting.items())


def _when(said: Said, before: dict[str, Lever]) -> dict[str, tuple[Value, ...]]:
    found = {}
    for other, one in said.mapping("another lever and its values").items():
        if other not in before or not isinstance(before[other].values, Choices):
            raise one.fault("allowed is a lever with choices that stands before this one")
        choices = {word(value): value for value in before[other].values.values}
        names = one.each(choices) if isinstance(one.value, list) else (one.one(choices),)
        found[other] = tuple(choices[name] for name in names)
    return found


def checked(path: object, build, found: tuple[Lever, ...]) -> None:
    """Refuse levers whose values the configuration does not allow, or that a schedule or controller moves.

    ``build``: setting → configuration. Each value to be checked is set alone, with what it hangs on; a preset that has
    schedules is checked against every lever that may be on with it.
    """
    for lever in sorted(found, key=lambda lever: lever.is_group):
        needed = {other: allowed[0] for other, allowed in lever.when.items()}
        for value in lever.values.ends:
            try:
                config = build({**needed, lever.key: value})
            except InputError as error:
                raise InputError(f"{path}: levers.{lever.key}: {error}") from error
            beside = [other for other in found if _together(lever, value, other)] if lever.is_group else [lever]
            steered = moved(config)
            for one in beside:
                if by := steered.get(one.key):
                    of = f" of {lever.key}={word(value)}" if lever.is_group else ""
                    why = f"found {by}{of}, which moves it during the run; allowed is a key that nothing moves"
                    raise InputError(f"{path}: levers.{one.key}: {why}")


def _together(lever: Lever, value: Value, other: Lever) -> bool:
    """Whether ``other`` may be on where ``lever`` is and has ``value``."""
    held = {**lever.when, lever.key: (value,)}
    return all(set(allowed) & set(held.get(key, allowed)) for key, allowed in other.when.items())
