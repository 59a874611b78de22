"""What a column of numbers may hold, by its unit; ``columns.yaml`` says it, and docs/tables.md."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa

from analysis.columns import allowed

ROUNDING = 1e-9
"""How far, in its unit, a sum or a ratio may lie beyond a bound: the order of a sum makes less."""


@dataclass(frozen=True)
class Numbers:
    """Finite numbers from ``least`` to ``greatest``, ``whole`` ones or any."""

    whole: bool = False
    least: float = -math.inf
    greatest: float = math.inf

    def __contains__(self, value: float) -> bool:
        """Whether ``value`` is one of them, but for rounding."""
        try:
            return math.isfinite(value) and self.least - ROUNDING <= value <= self.greatest + ROUNDING
        except OverflowError:  # a whole number beyond the floats
            return False

    def wrong(self, column: pa.ChunkedArray) -> str | None:
        """What of ``column`` is none of them, in words; a null is, where they are whole."""
        types, kind = pa.types, column.type
        if self.whole and column.null_count:
            return "null"
        if types.is_null(kind):
            return None
        if not (types.is_integer(kind) or (types.is_floating(kind) and not self.whole)):
            return str(kind)
        present = column.drop_null() if column.null_count else column
        chunks = (chunk.to_numpy() for chunk in present.chunks if len(chunk))
        bounds = (end(chunk) for chunk in chunks for end in self._ends(types.is_floating(kind)))
        return next((f"{bound:g}" for bound in bounds if bound not in self), None)

    def _ends(self, floating: bool) -> list[Callable]:
        """Which of a column's ends can be wrong: an integer is finite, and a NaN is both ends of its column.

        numpy finds them in a tenth of pyarrow's time.
        """
        found = ((np.ndarray.min, self.least), (np.ndarray.max, self.greatest))
        return [end for end, bound in found if floating or math.isfinite(bound)]

    def __str__(self) -> str:
        bounds = ((" from {:g}", self.least), (" to {:g}", self.greatest))
        said = "".join(words.format(bound) for words, bound in bounds if math.isfinite(bound))
        return f"{'whole' if self.whole else 'finite'} numbers{said}"


@cache
def by_unit() -> Mapping[str, Numbers]:
    """unit → what a column of it may hold; without those of texts and of yes or no."""
    return {
        unit: Numbers(**{name: value for name, value in said.items() if name != "units"})
        for said in allowed()
        for unit in said["units"]
    }
