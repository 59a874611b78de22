"""Time on an axis: in the unit that suits the run, over windows that the eye can tell apart."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from analysis.run import Run
from analysis.style import GREY, PALE, SMALL_PT

WINDOWS = 120
"""At most so many windows across a column: more would be narrower than a line is wide."""

RARE = 36
"""At most so many windows for what happens a few times a day."""

_UNITS = (("days", 1.0), ("h", 24.0), ("min", 1440.0), ("s", 86400.0))  # per day


@dataclass(frozen=True)
class Clock:
    """The axis of time of one run: its unit, how many make a day, and when (days) the run and its warm-up end."""

    unit: str
    per_day: float
    end_day: float
    warmup_day: float

    @staticmethod
    def of(run: Run, end_day: float) -> "Clock":
        """The first unit of which the run lasts more than three."""
        unit, per_day = next(((u, p) for u, p in _UNITS if end_day * p > 3), _UNITS[-1])
        return Clock(unit, per_day, end_day, float(run.config.number("warmup_days")))

    def dress(self, panels: list[Axes], note: str = "") -> None:
        """Give panels that share their horizontal axis its limits and its name, and shade the warm-up."""
        panels[-1].set_xlim(0, self.end_day * self.per_day)
        panels[-1].set_xlabel(f"time ({self.unit}{note})")
        panels[-1].xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
        if self.warmup_day <= 0:
            return
        for axes in panels:
            axes.axvspan(0, min(self.warmup_day, self.end_day) * self.per_day, color=PALE, lw=0, zorder=-1)
        panels[0].text(0, 1.01, "warm-up", transform=panels[0].get_xaxis_transform(), va="bottom", color=GREY,
                       fontsize=SMALL_PT)  # fmt: skip


def windows(timeline: pd.DataFrame, most: int = WINDOWS) -> pd.DataFrame:
    """Sums of the timeline's counts over at most ``most`` windows of equal ticks; ``begin`` and ``end`` in days."""
    group = np.arange(len(timeline)) // -(-len(timeline) // most)
    sums = timeline.drop(columns="day").groupby(group).sum()
    end = timeline["day"].groupby(group).last()
    return sums.assign(begin=end.shift(fill_value=0.0), end=end)


def duration(days: float) -> str:
    """A length of time in the largest unit of which there is at least one: 2 days, 1.5 h, 90 s as 1.5 min."""
    unit, per_day = next(((u, p) for u, p in _UNITS if days * p >= 1 - 1e-9), _UNITS[-1])
    said = f"{days * per_day:.3g} {unit}"
    return "1 day" if said == "1 days" else said
