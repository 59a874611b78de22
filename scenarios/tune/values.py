"""What a lever, or a key that worlds draw, may be: a range of numbers or a few choices."""

import math
from dataclasses import dataclass

from scenarios.study.saying import Said, word
from sim.config import Key

Value = float | int | str | bool | None

_ROUNDING = 1e-9
"""Of a step: 0.7 less 0.1 has six steps of 0.1, though floats have a little less."""

FORMS = "{low: 0.5, high: 0.7}, with step or log, or {choices: [a, b]}"


@dataclass(frozen=True)
class Range:
    """Numbers from ``low`` to ``high``: evenly, or by their logarithms where ``log``; every ``step`` where not 0."""

    low: float
    high: float
    whole: bool
    log: bool = False
    step: float = 0.0

    def at(self, share: float) -> Value:
        """The value that ``share`` of all draws lie below, share in [0, 1)."""
        if self.whole and self.log:  # half a number beyond either end, so that each has its room
            low, high = math.log(self.low - 0.5), math.log(self.high + 0.5)
            value = min(max(round(math.exp(low + share * (high - low))), self.low), self.high)
        elif self.whole or self.step:
            step = self.step or 1
            steps = math.floor((self.high - self.low) / step + _ROUNDING)
            value = self.low + step * math.floor(share * (steps + 1))
        elif self.log:
            value = self.low * (self.high / self.low) ** share
        else:
            value = self.low + share * (self.high - self.low)
        return int(value) if self.whole else float(f"{value:.12g}")

    @property
    def ends(self) -> tuple[Value, ...]:
        """What is to be checked: all between them is allowed where they are."""
        return self.at(0.0), self.at(math.nextafter(1.0, 0.0))


@dataclass(frozen=True)
class Choices:
    """One of ``values``, each as likely as another."""

    values: tuple[Value, ...]

    def at(self, share: float) -> Value:
        """The value that ``share`` of all draws lie below, share in [0, 1)."""
        return self.values[math.floor(share * len(self.values))]

    @property
    def ends(self) -> tuple[Value, ...]:
        """What is to be checked."""
        return self.values


def values(said: Said, found: dict[str, Said], key: Key | None) -> Range | Choices:
    """What the keys ``found`` at ``said`` allow; ``key``: that of the configuration, or None for a group."""
    if "choices" in found:
        _alone(said, found, {"low", "high", "log", "step"}, "choices")
        chosen = tuple(item.value for item in found["choices"].items(least=2))
        if len({word(value) for value in chosen}) < len(chosen):
            raise found["choices"].wrong("allowed are different ones")
        if not all(isinstance(value, float | int | str | bool | None) for value in chosen):
            raise found["choices"].wrong("allowed are numbers, words, true, false and null")
        return Choices(chosen)
    if not {"low", "high"} <= found.keys():
        raise said.fault(f"allowed is {FORMS}")
    if key is None or "low" not in key.meta:
        raise said.fault(f"{key.name if key else 'a group'} is no number; allowed is {{choices: [a, b]}}")
    low, high = found["low"].number(), found["high"].number()
    if not low < high:
        raise said.fault(f"an empty range, from {low:g} to {high:g}; allowed is a low below the high")
    log = "log" in found and found["log"].flag()
    step = found["step"].number(above=0) if "step" in found else 0.0
    whole = key.kind is int or key.kind == int | None
    if log and (step or not low > 0):
        raise said.fault("log needs a low above 0, and no step")
    if whole and not (low.is_integer() and high.is_integer() and step.is_integer()):
        raise said.fault(f"{key.name} is a whole number; allowed are whole low, high and step")
    if step > high - low:
        raise found["step"].wrong(f"allowed is at most {high - low:g}, from the low to the high")
    return Range(low, high, whole, log, step)


def _alone(said: Said, found: dict[str, Said], others: set[str], name: str) -> None:
    for key in sorted(found.keys() & others):
        raise said.fault(f"{key} does not go with {name}")
