"""The check of a composed configuration."""

import difflib
import math
import operator
import sys
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache

from sim.config import levers
from sim.config.schema import Config, keys
from sim.errors import InputError, meant, nearest, shown
from sim.units import DAY_S

VERSIONS = 4096
"""Versions that a developer may have: what the key of a model's draws has room for."""


_TOP = tuple(key for key in keys() if "." not in key)


def no_such_key(name: str) -> InputError:
    """The complaint about a key that the schema does not know.

    It offers a key of its section that is spelt alike or whose meaning names it, else one of this name elsewhere.
    """
    known = keys()
    parent, _, last = name.rpartition(".")
    siblings = {k.rpartition(".")[2]: k for k in known if k.rpartition(".")[0] == parent}
    elsewhere = [k for k in known if k.rpartition(".")[2] == last]
    alike = difflib.get_close_matches(last, siblings, n=1, cutoff=0.6)
    alike += [k for k in siblings if last.rpartition("_")[2] in known[siblings[k]].meta["doc"].split()]
    if alike and (parent or not elsewhere):
        hint = f"did you mean {siblings[alike[0]]!r}?"
    elif len(elsewhere) == 1:
        hint = f"did you mean {elsewhere[0]!r}?"
    else:
        hint = nearest(name, elsewhere) if elsewhere else f"known are {', '.join(sorted(siblings.values() or _TOP))}"
    return InputError(f"{name}: no such key; {hint}")


def parse(raw: Mapping) -> Config:
    """Check a composed configuration and freeze it.

    Raises ``InputError`` naming the first key that is unknown, missing, of the wrong type, out of range or not
    finite, or a combination of keys that contradicts itself.
    """
    config = _with_warmup(_section(Config, raw, ""))
    _consistent(config)
    return config


def _with_warmup(c: Config) -> Config:
    if c.warmup_days is not None:
        return c
    ticks = math.floor((c.horizon_days or 0.0) * DAY_S / 7 / c.tick_s)
    return replace(c, warmup_days=ticks * c.tick_s / DAY_S)


def _section(kind: type, raw: object, prefix: str):
    if not isinstance(raw, Mapping):
        raise InputError(f"{prefix.rstrip('.') or 'configuration'}: found {shown(raw)}; allowed is a group of keys")
    known = {f.name: f for f in fields(kind)}
    hints = _hints(kind)
    for key in raw:
        if key not in known:
            raise no_such_key(prefix + (key if isinstance(key, str) and key.isprintable() else repr(key)))
    for key in known:
        if key not in raw:
            raise InputError(f"{prefix}{key}: missing; {known[key].metadata['doc']}")
    return kind(**{k: _value(hints[k], raw[k], prefix + k, f.metadata) for k, f in known.items()})


@cache
def _hints(kind: type) -> dict[str, type]:
    return typing.get_type_hints(kind)


def _value(hint, raw, key: str, meta: Mapping):
    origin, options = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return None if raw is None else _value(options[0], raw, key, meta)
    if is_dataclass(hint):
        return _section(hint, raw, key + ".")
    if origin is list:
        if isinstance(raw, str | Mapping) or not hasattr(raw, "__iter__"):
            raise InputError(f"{key}: found {shown(raw)}; allowed is a list, such as [a,b]")
        return [_value(options[0], item, f"{key}[{i}]", meta) for i, item in enumerate(raw)]
    if hint is bool:
        if not isinstance(raw, bool):
            raise InputError(f"{key}: found {shown(raw)}; allowed are true and false")
        return raw
    if hint is str:
        return _word(raw, key, meta)
    return _number(hint, raw, key, meta)


def _word(raw, key: str, meta: Mapping) -> str:
    allowed = meta.get("allowed")
    if not isinstance(raw, str):
        words = f"one of {', '.join(allowed)}" if allowed else "text"
        raise InputError(f"{key}: found {shown(raw)}; allowed is {words}")
    if allowed and raw not in allowed:
        hint = meant(raw, allowed)
        raise InputError(f"{key}: found {shown(raw)}; allowed are {', '.join(allowed)}" + (f"; {hint}" if hint else ""))
    return raw


def _number(hint: type, raw, key: str, meta: Mapping):
    number = isinstance(raw, int | float) and not isinstance(raw, bool) and abs(raw) <= sys.float_info.max
    within = number and meta["low"] <= raw <= meta["high"] and meta["above"] < raw < meta["below"]
    if not within or (hint is int and raw != int(raw)):
        whole = "a whole number" if hint is int else "a number"
        raise InputError(f"{key}: found {shown(raw)}; allowed is {whole} {_range(meta)}".rstrip())
    return hint(raw)


def allowed(hint, meta: Mapping) -> str:
    """What a key of type ``hint`` with this metadata may hold, in words, without its unit."""
    origin, options = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return f"{allowed(options[0], meta)}; null"
    if origin is list:
        if is_dataclass(options[0]):
            return f"list of groups: {', '.join(f.name for f in fields(options[0]))}"
        return f"list: {allowed(options[0], meta)}"
    if hint is bool:
        return "true, false"
    if hint is str:
        return ", ".join(meta.get("allowed", ("text",)))
    whole = "whole number" if hint is int else "number"
    return f"{whole} {_range({**meta, 'unit': ''})}".rstrip()


def _range(meta: Mapping) -> str:
    low, high, above, below, unit = (meta[name] for name in ("low", "high", "above", "below", "unit"))
    parts = []
    if above > -math.inf:
        parts.append(f"greater than {above:g}")
    elif low > -math.inf:
        parts.append(f"from {low:g}")
    if below < math.inf:
        parts.append(f"and less than {below:g}" if parts else f"less than {below:g}")
    elif high < math.inf:
        parts.append(f"to {high:g}" if parts and above == -math.inf else f"up to {high:g}")
    return " ".join(parts) + (f" ({unit})" if unit not in ("", "1") else "")


def _consistent(c: Config) -> None:
    d, p = c.demand, c.population
    if d.edge + d.adversarial > 1:
        raise InputError(f"demand.edge + demand.adversarial: found {d.edge + d.adversarial:g}; allowed is at most 1")
    if len(d.sigma) != len(d.tau_s):
        raise InputError(f"demand.tau_s: found {len(d.tau_s)} values; allowed are {len(d.sigma)}, as in demand.sigma")
    if d.kind == "trace" and not d.path:
        raise InputError("demand.path: found null; with demand=trace it must name a CSV file")
    if c.horizon_days is None and (d.kind != "trace" or d.loop):
        raise InputError("horizon_days: found null; it must be given unless demand is a trace that is not looped")
    if c.horizon_days is not None:
        check_horizon(c, c.horizon_days)
    if (c.calibration.kappa or 0) + (c.calibration.xi or 0) > 1:
        raise InputError("calibration.kappa + calibration.xi: allowed is at most 1")
    if not c.calibration.systems:
        raise InputError("calibration.systems: found an empty list; allowed is at least one system")
    for name in ("stakes", "rehearsals", "cleanup.hours", "cleanup.study"):
        if not operator.attrgetter(name)(c.developers):  # no plan of a submission without one of each
            raise InputError(f"developers.{name}: found an empty list; allowed is at least one, such as [0]")
    if c.retry.jitter in ("subtract", "around") and c.retry.jitter_share > 1:
        limit = f"up to 1 with retry.jitter={c.retry.jitter}"
        raise InputError(f"retry.jitter_share: found {c.retry.jitter_share:g}; allowed is {limit}")
    if c.gauntlet.edge + c.gauntlet.adversarial > 1:
        found = c.gauntlet.edge + c.gauntlet.adversarial
        raise InputError(f"gauntlet.edge + gauntlet.adversarial: found {found:g}; allowed is at most 1")
    if c.landscape.k >= c.landscape.n:
        raise InputError(f"landscape.k: found {c.landscape.k}; allowed is less than landscape.n ({c.landscape.n})")
    if p.models < d.domains:
        raise InputError(f"population.models: found {p.models}; allowed is at least demand.domains ({d.domains})")
    if houses := [m for m in c.governance.barred if m < d.domains]:
        limit = f"models from {d.domains} on: those before are the house's, who serve where nobody else does"
        raise InputError(f"governance.barred: found {houses[0]}; allowed are {limit}")
    if p.models > VERSIONS * p.developers:
        limit = f"at most {VERSIONS} for each of population.developers ({p.developers})"
        raise InputError(f"population.models: found {p.models}; allowed are {limit}")
    bits = c.service.grid_bits
    if (c.tick_s * 2.0**bits) % 1 != 0:
        raise InputError(f"tick_s: found {c.tick_s:g}; allowed is a multiple of the time grid, 2**-{bits} s")
    levers.check(c)


def check_horizon(c: Config, days: float) -> None:
    """Refuse a run of ``days`` that is no step of the time grid, or all warm-up.

    Raises ``InputError``.
    """
    if days * DAY_S * 2.0**c.service.grid_bits < 1:
        limit = f"at least a step of the time grid, 2**-{c.service.grid_bits} s"
        raise InputError(f"horizon_days: found {days:g}; allowed is {limit}")
    first = math.ceil(c.warmup_days * DAY_S / c.tick_s) * c.tick_s / DAY_S
    if first >= days:
        limit = f"such that a tick follows it within the run of {days:g} days (the first is on day {first:g})"
        raise InputError(f"warmup_days: found {c.warmup_days:g}; allowed is a warm-up {limit}")
