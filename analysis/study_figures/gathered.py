"""What a figure of a study shows, before it is drawn."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.study_figures.series import Lines


@dataclass(frozen=True)
class Gathered:
    """Values by seed, at k places along an axis.

    ``heads``: (measure, unit) of each panel; ``lines``: label → the arms whose mean it is, the levels of ``factor``
    where there is one; ``x``: label → (k,), numbers or words; ``values``: label → (seeds, k) for each panel, NaN: not
    defined. Of both a label is left out where there is nothing. ``axis``: what x is, with its unit; ``log``: whether it
    belongs on a logarithmic axis.
    """

    heads: Sequence[tuple[str, str]]
    lines: Lines
    factor: str | None
    x: Mapping[str, np.ndarray]
    values: Mapping[str, Sequence[np.ndarray]]
    axis: str
    log: bool = False

    def only(self, measures: Collection[str]) -> "Gathered":
        """The panels of ``measures`` alone."""
        wanted = [i for i, (name, _) in enumerate(self.heads) if name in measures]
        values = {label: [panels[i] for i in wanted] for label, panels in self.values.items()}
        return replace(self, heads=[self.heads[i] for i in wanted], values=values)
