"""Retry budgets that bound a share, Finagle's and Envoy's: every decision on the attempt log is the published one."""

import numpy as np
import pytest

from tests.verification.drive import stepped
from tests.verification.network import carry, models, settings
from tests.verification.turns import Turns


class TestRatio:
    """Finagle's budget (RetryBudget): a retry is allowed while retries in the window are a whole token below
    ratio·turns + floor·window. Where more are always wanted, it settles at ratio·λ + floor retries per s.

    So the floor is per client, whatever its traffic: at ten retries per s it bounds nothing for a small service.
    """

    RATE, RATIO, FLOOR, SLOTS, RETRIES = 20.0, 0.2, 10.0, 10, 20

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        stations = models(slots=10_000, mean_s=0.01, ability=0.2)
        c, chunks = settings(1.0, "retry=finagle"), stepped(1, [cls.RATE], 1.0)
        return Turns.of(carry(c, stations, form(500.0, 5000.0), chunks=chunks, drain_s=10.0).log)

    def test_every_decision(self, run, law):
        asked, granted = run.decisions(self.RETRIES)
        t = run.log["ended"][asked]
        window = np.maximum(np.floor(t) - (self.SLOTS - 1), 0.0)  # ten slots of 1 s, the current one included
        turns = np.sort(run.log["started"][run.first])
        retries = np.sort(run.log["started"][run.log["attempt"] > 1])
        deposited = np.searchsorted(turns, t, side="right") - np.searchsorted(turns, window)
        used = np.searchsorted(retries, t) - np.searchsorted(retries, window)
        allowed = self.RATIO * deposited + self.FLOOR * self.SLOTS - used > 1 - 1e-6
        law.holds("decisions", "all as published",
                  f"{(allowed == granted).sum()} of {len(t)}, {granted.mean():.0%} granted",
                  (allowed == granted).all() and 0.1 < granted.mean() < 0.9)  # fmt: skip

    def test_long_run(self, run, law):
        """Short of the bound by less than a token a window; over it by one window's floor, which the start gives."""
        turns = run.log["started"][run.first]
        retries = run.log["started"][run.log["attempt"] > 1]
        span = turns.max()
        bound, rate = self.RATIO * len(turns) / span + self.FLOOR, (retries < span).sum() / span
        law.holds("retries per s, more wanted", f"{bound:.3f} in the long run", f"{rate:.3f} over {span:.0f} s",
                  bound - 1 / self.SLOTS < rate <= bound + self.FLOOR * self.SLOTS / span)  # fmt: skip


class TestActive:
    """Envoy's budget (retry_budget): a retry starts while fewer turns than max(3, 20 % of those active) are in retry.

    Checked for every failure that is followed by a retry, and for every one that is not.
    """

    @pytest.mark.parametrize("rate", [3.0, 40.0])
    @pytest.mark.parametrize("retries", [1, 4])
    def test_every_decision(self, rate, retries, form, law):
        c = settings(1.0, "retry=envoy", retry__retries=retries)
        stations, chunks = models(slots=10_000, ability=0.3), stepped(2, [rate], 1.0)
        turns = Turns.of(carry(c, stations, form(300.0, 3000.0), chunks=chunks, drain_s=100.0).log)
        asked, granted = turns.decisions(retries)
        t, again = turns.log["ended"][asked], turns.log["attempt"][asked] > 1
        active = counted(turns.log["started"][turns.first], turns.log["ended"][turns.last], t)
        # A turn is in retry from the end of its first attempt to its own end.
        retried = turns.last > turns.first
        in_retry = counted(turns.log["ended"][turns.first[retried]], turns.log["ended"][turns.last[retried]], t) - again
        allowed = in_retry < np.maximum(3.0, 0.2 * active)
        law.holds(f"decisions at {rate:g} turns per s, R = {retries}", "all as published",
                  f"{(allowed == granted).sum()} of {len(t)}, {granted.mean():.0%} granted",
                  (allowed == granted).all() and 0 < granted.mean() < 1)  # fmt: skip


def counted(begin: np.ndarray, end: np.ndarray, t: np.ndarray) -> np.ndarray:
    """How many of the intervals [begin, end] hold each of ``t`` inside, or end there."""
    return np.searchsorted(np.sort(begin), t) - np.searchsorted(np.sort(end), t)
