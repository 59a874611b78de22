"""From a setting to its configuration, in any world."""

from collections.abc import Sequence
from pathlib import Path

from scenarios.runner.job import document
from scenarios.study.plan import composed
from scenarios.tune.levers import Lever, Setting, checked, in_words
from scenarios.tune.values import Value
from scenarios.tune.worlds import World
from sim.config import Config, parse
from sim.errors import InputError
from sim.governance import with_value
from sim.shell.check import check_named


class Settings:
    """The configurations of a tuning: ``base`` overrides, then presets of groups, then keys. Raises ``InputError``.

    Composing takes a tenth of a second, so it is done once for each combination of presets.
    """

    def __init__(self, path: Path, base: Sequence[str], levers: Sequence[Lever]):
        self._path, self._base, self._groups = path, base, {lever.key for lever in levers if lever.is_group}
        self.default = self._build({})
        checked(path, self._build, tuple(levers))

    def config(self, setting: Setting) -> Config:
        """The configuration of ``setting``. Raises ``InputError`` naming it where it contradicts itself."""
        try:
            return self._build(setting)
        except InputError as error:
            raise InputError(f"{self._path}: the setting {in_words(setting)}: {error}") from error

    def check_worlds(self, worlds: Sequence[World]) -> None:
        """Refuse worlds that the configuration does not allow."""
        for world in worlds:
            try:
                parse(_plain(within(self.default, world)))
            except InputError as error:
                raise InputError(f"{self._path}: worlds.draws: {error}") from error

    def _build(self, setting: Setting) -> Config:
        presets = (f"{key}={value}" for key, value in setting.items() if key in self._groups)
        keys = {key: value for key, value in setting.items() if key not in self._groups}
        rules = composed(*self._base, *presets)
        if not keys:
            return rules
        found = parse(_plain(_with(rules, keys)))
        if any(isinstance(value, str) for value in keys.values()):
            check_named(found)
        return found


def within(config: Config, world: World) -> Config:
    """``config`` in ``world``, with the seed that it had."""
    return _with(config, world.values)


def _with(config: Config, values: dict[str, Value]) -> Config:
    for key, value in values.items():
        config = with_value(config, key.split("."), value)
    return config


def _plain(config: Config) -> dict:
    return document(config) | {"engine": config.engine}
