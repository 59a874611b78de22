"""What a column of numbers may hold, by its unit; ``columns.yaml`` says it, and docs/tables.md."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from analysis.columns import allowed

ROUNDING = 1e-9
"""How far a sum or a ratio may lie beyond a bound: the order of a sum makes less."""


@dataclass(frozen=True)
class Numbers:
    """Finite numbers from ``least`` to ``greatest``, ``whole`` ones or any."""

    whole: bool = False
    least: float = -math.inf
    greatest: float = math.inf

    def __contains__(self, value: float) -> bool:
        """Whether ``value`` is one of them, but for rounding."""
        return math.isfinite(value) and self.least - ROUNDING <= value <= self.greatest + ROUNDING

    def wrong(self, column: pa.ChunkedArray) -> str | None:
        """What of ``column`` is none of them, in words; a null is, where they are whole."""
        types, kind = pa.types, column.type
        if self.whole and column.null_count:
            return "null"
        if types.is_null(kind):
            return None
        if not (types.is_integer(kind) or (types.is_floating(kind) and not self.whole)):
            return str(kind)
        if types.is_floating(kind) and pc.any(pc.is_nan(column)).as_py():
            return "nan"
        found = (value for value in pc.min_max(column).as_py().values() if value is not None and value not in self)
        return next((f"{value:g}" for value in found), None)

    def __str__(self) -> str:
        bounds = ((" from {:g}", self.least), (" to {:g}", self.greatest))
        said = "".join(words.format(bound) for words, bound in bounds if math.isfinite(bound))
        return f"{'whole' if self.whole else 'finite'} numbers{said}"


@cache
def numbers() -> Mapping[str, Numbers]:
    """unit → what a column of it may hold; without those of texts and of yes or no."""
    return {
        unit: Numbers(**{name: value for name, value in said.items() if name != "units"})
        for said in allowed()
        for unit in said["units"]
    }
