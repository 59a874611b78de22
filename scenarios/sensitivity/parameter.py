"""Parameters: constants of the configuration, and the values between which each is drawn."""

import math
import typing
from dataclasses import dataclass
from functools import cache

import numpy as np
import yaml

from scenarios.study.saying import Said
from sim.config import config_folder, keys, no_such_key
from sim.errors import InputError

LOG = "log"
"""The word behind a range that is drawn log-uniformly."""


@dataclass(frozen=True)
class Parameter:
    """The constant ``key``, drawn from ``low`` to ``high``: uniformly, or log-uniformly, or as a ``whole`` number."""

    key: str
    low: float
    high: float
    log: bool
    whole: bool

    def at(self, unit: np.ndarray) -> np.ndarray:
        """Values of six digits at ``unit``, (worlds,) in [0, 1]; of few whole numbers each has an equal share of it."""
        if self.log:
            found = self.low * (self.high / self.low) ** unit
        elif self.whole:
            found = np.minimum(np.floor(self.low + (self.high - self.low + 1) * unit), self.high)
        else:
            found = self.low + (self.high - self.low) * unit
        return np.array([float(f"{value:.6g}") for value in (np.round(found) if self.whole else found)])


@dataclass(frozen=True)
class Plausible:
    """What ``conf/plausible.yaml`` says. ``ranges``: by key; ``acts``: key → the words of another with which it does
    anything; ``left_out``: key → why it has no range."""

    ranges: dict[str, Parameter]
    acts: dict[str, dict[str, list[str]]]
    left_out: dict[str, str]


@cache
def plausible() -> Plausible:
    """The plausible ranges. Raises ``InputError`` where the file says what it may not."""
    path = config_folder() / "plausible.yaml"
    said = Said(path, "", yaml.safe_load(path.read_text(encoding="utf-8")))
    found = said.keys(("ranges", "acts", "left_out"), ("ranges", "acts", "left_out"))
    ranges = {key: parameter(key, one) for key, one in found["ranges"].mapping("ranges by key").items()}
    return Plausible(ranges, found["acts"].value, found["left_out"].value)


def parameter(key: str, said: Said) -> Parameter:
    """The range that ``said`` gives ``key``: ``[LOW, HIGH]``, ``[LOW, HIGH, log]``, or null for the plausible one.

    Raises ``InputError``: no such key, no single number, no plausible range, an empty one.
    """
    known = keys().get(key)
    if known is None:
        raise said.fault(str(no_such_key(key)))
    if "low" not in known.meta or typing.get_origin(known.kind) is list:
        raise said.fault(f"{key} is no single number, so it has no range")
    if said.value is None:
        if key not in plausible().ranges:
            why = plausible().left_out.get(key, "it is not illustrative")
            raise said.fault(f"it has no plausible range ({why}); allowed is one of your own: [LOW, HIGH]")
        return plausible().ranges[key]
    if key == "seed":
        raise said.fault("worlds have seeds of their own, so it is no constant")
    items = said.items(least=2)
    low, high = (item.number() for item in items[:2])
    log = len(items) == 3 and items[2].value == LOG
    if len(items) > 2 + log:
        raise said.wrong("allowed is [LOW, HIGH] or [LOW, HIGH, log]")
    if not low < high:
        raise said.wrong("an empty range; allowed is a low end below the high one")
    if log and low <= 0:
        raise said.wrong("allowed is a low end above 0 where the range is logarithmic")
    whole = int in (known.kind, *typing.get_args(known.kind))
    if whole and (low, high) != (math.floor(low), math.floor(high)):
        raise said.wrong("allowed are whole numbers")
    return Parameter(key, low, high, log, whole)


def check_named(key: str, known: typing.Iterable[str]) -> None:
    """Refuse a ``key`` that is none of the ``known`` parameters."""
    if key not in known:
        if key not in keys():
            raise no_such_key(key)
        raise InputError(f"{key}: not a parameter here; allowed are {', '.join(known)}")
