"""Which constants may be drawn where a study has arms: those that are its design are not assumptions."""

from collections.abc import Mapping
from functools import cache

from scenarios.runner.job import ENGINE, document
from scenarios.runner.moved import moved
from scenarios.sensitivity.parameter import Parameter, plausible
from scenarios.study.saying import Said
from sim.compose import configure
from sim.config import Config, parse
from sim.errors import InputError


def with_values(config: Config, values: Mapping[str, float]) -> Config:
    """``config`` with other constants, by key. Raises ``InputError`` where it may not be so."""
    found = document(config) | {ENGINE: config.engine}
    for key, value in values.items():
        *path, last = key.split(".")
        section = found
        for name in path:
            section = section[name]
        section[last] = value
    return parse(found)


def plausible_ones(arms: Mapping[str, Config]) -> list[Parameter]:
    """Every constant that has a plausible range, acts in some arm, and in all arms is as it is by default.

    What a study or the command line sets, what its arms differ in, and what is scheduled or steered stays as it is.
    """
    flat = {arm: _flat(document(config)) for arm, config in arms.items()}
    default, found = _default(), plausible()
    steered = {key for config in arms.values() for key in moved(config)}

    def acts(key: str) -> bool:
        conditions = found.acts.get(key, {})
        return any(all(held[other] in words for other, words in conditions.items()) for held in flat.values())

    return [
        each
        for key, each in found.ranges.items()
        if key not in steered and acts(key) and all(held[key] == default[key] for held in flat.values())
    ]


def refuse_levers(said: Said, each: Parameter, arms: Mapping[str, Config]) -> None:
    """Refuse a parameter that the arms differ in, or that a schedule or controller moves; and ends not allowed."""
    if any(each.key in moved(config) for config in arms.values()):
        raise said.fault("it is scheduled or steered in an arm, so it is no constant")
    if len({_flat(document(config))[each.key] for config in arms.values()}) > 1:
        raise said.fault("the arms differ in it, so it is no constant")
    for config in arms.values():
        for end in (each.low, each.high):
            try:
                with_values(config, {each.key: end})
            except InputError as error:
                raise said.fault(str(error)) from error


@cache
def _default() -> dict[str, object]:
    return _flat(document(configure()))


def _flat(held: Mapping, prefix: str = "") -> dict[str, object]:
    """Dotted key → value."""
    found: dict[str, object] = {}
    for name, value in held.items():
        found |= _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value}
    return found
