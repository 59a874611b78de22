"""The attempt log, turn by turn; and the one way in which figures of retries show a law and its runs."""

from dataclasses import dataclass

import numpy as np

from sim.records import Outcome
from tests.verification.estimates import Estimate

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9")
"""Blue, vermilion, green, purple and sky of Okabe and Ito: distinct to the colour-blind."""


@dataclass(frozen=True)
class Turns:
    """Sessions of one turn: their attempts, in order of (session, attempt)."""

    log: np.ndarray  # ATTEMPT
    first: np.ndarray  # row of each turn's first attempt
    last: np.ndarray  # and of its last

    @classmethod
    def of(cls, log: np.ndarray, since: float = 0.0, until: float = np.inf) -> "Turns":
        """The turns of ``log`` that begin in [since, until) s."""
        log = log[np.lexsort((log["attempt"], log["session"]))]
        first = np.flatnonzero(log["attempt"] == 1)
        last = np.append(first[1:], len(log)) - 1
        kept = (log["started"][first] >= since) & (log["started"][first] < until)
        return cls(log, first[kept], last[kept])

    @property
    def attempts(self) -> np.ndarray:
        """Attempts of each turn."""
        return self.last - self.first + 1

    @property
    def good(self) -> np.ndarray:
        """Whether each turn ended in a good answer."""
        return self.log["outcome"][self.last] == Outcome.GOOD

    @property
    def sojourn(self) -> np.ndarray:
        """Time in s from the start of each turn's first attempt to the end of its last."""
        return self.log["ended"][self.last] - self.log["started"][self.first]

    @property
    def waits(self) -> tuple[np.ndarray, np.ndarray]:
        """(k, wait): the time in s from the end of attempt k to the start of attempt k+1, for every retry."""
        retries = np.flatnonzero(self.log["attempt"] > 1)
        return self.log["attempt"][retries] - 1, self.log["started"][retries] - self.log["ended"][retries - 1]

    def decisions(self, retries: int) -> tuple[np.ndarray, np.ndarray]:
        """(row, granted): each failed attempt after which one of ``retries`` was left, and whether a retry followed."""
        failed = np.isin(self.log["outcome"], (Outcome.BAD, Outcome.TIMEOUT, Outcome.REJECTED))
        rows = np.flatnonzero(failed & (self.log["attempt"] <= retries))
        return rows, np.append(self.log["attempt"][1:] > self.log["attempt"][:-1], False)[rows]


def points(ax, x, estimates: list[Estimate], colour: str, label: str | None = None, marker: str = "o", hollow=False):
    """Runs as points with their intervals, over the line of the law."""
    middle = np.array([e.mean for e in estimates])
    ends = np.abs(np.array([e.interval() for e in estimates]).T - middle)
    ax.errorbar(x, middle, ends, fmt=marker, ms=3, lw=1, capsize=2, color=colour, label=label,
                mfc="white" if hollow else colour)  # fmt: skip
    ax.tick_params(labelsize=8)
