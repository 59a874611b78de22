"""Laws of metastability: two states at one load, what bounds them, and which remedies leave one."""

import numpy as np
import pytest

from tests.verification.figures import folder
from tests.verification.metastability import REMEDIES, Results, measure
from tests.verification.metastability_figures import hysteresis, metastable_band
from tests.verification.metastability_page import page
from tests.verification.storms import Setup

INSIDE, SPAN_S = 0.6, 1000.0


def starts(setup: Setup, load: float, form) -> tuple[int, int]:
    """Of as many seeds, how many end badly when started empty, and when started overloaded; and of how many."""
    seeds = range(1, 1 + form(5, 20))
    return tuple(sum(not setup.ends_well(load, kicked, s, SPAN_S) for s in seeds) for kicked in (False, True))


class TestTwoStates:
    """With retries and work that outlives its users, a station of ten slots has two states at one load: started empty
    it answers, after a burst of 100 s it does not recover (Bronson et al., "Metastable failures in distributed
    systems", HotOS 2021).

    Below the band the burst is forgotten, above it collapse needs no burst. Without retries there is no band.
    """

    def test_inside_the_band(self, form, law):
        bad = starts(Setup(), INSIDE, form)
        law.holds(f"bad ends at {INSIDE}, started empty, overloaded", "none, all", str(bad), bad == (0, form(5, 20)))

    @pytest.mark.parametrize(("load", "expected"), [(0.15, 0), (1.1, 1)])
    def test_outside_the_band(self, load, expected, form, law):
        bad, all_ = starts(Setup(), load, form), form(5, 20)
        law.holds(f"bad ends at {load}, started empty, overloaded", "the same", str(bad), bad == (all_ * expected,) * 2)

    def test_no_band_without_retries(self, form, law):
        bad = starts(Setup(retries=0), INSIDE, form)
        law.holds(f"bad ends at {INSIDE}, R = 0", "none, none", str(bad), bad == (0, 0))


class TestRemedies:
    """At a load inside the band, what makes the two starts end alike: a budget that all but stops retries when they
    fail, no work for users who have left, a queue shorter than their patience.

    Not these: longer backoff, which moves no fixed point; Finagle's floor of ten retries per s for a client of six
    turns per s; cancelling where service is not exponential: FIFO hands a slot to whoever has waited longest, with too
    little patience left to be served, and only memoryless service loses nothing by that.
    """

    HELPS = ("Finagle's, no floor", "Envoy's budget", "gRPC's throttle", "AWS's quota", "cancel", "queue of 50")
    DOES_NOT = ("backoff ten times as long", "exponential backoff", "Finagle's budget", "cancel, fixed")

    @pytest.mark.parametrize("name", HELPS)
    def test_helps(self, name, form, law):
        bad = starts(REMEDIES[name][0], INSIDE, form)
        law.holds(f"bad ends at {INSIDE}, {name}", "none, none", str(bad), bad == (0, 0))

    @pytest.mark.parametrize("name", DOES_NOT)
    def test_does_not_help(self, name, form, law):
        bad = starts(REMEDIES[name][0], INSIDE, form)
        law.holds(f"bad ends at {INSIDE}, {name}", "none, all", str(bad), bad == (0, form(5, 20)))


@pytest.mark.long
class TestBand:
    """The band's edges are the folds of λ(Λ) = Λ/A(f(Λ)): simulated within .05 of the capacity, for R = 1 … 6 and for
    the budgets that have a formula.

    The fixed point is about means and holds for slow backoff; runs are finite and noise tips a state before it ends. So
    the allowance is one of capacity, and not of standard errors.
    """

    FIGURE = "metastable_band"

    @pytest.fixture(scope="class")
    @classmethod
    def results(cls) -> Results:
        return measure(seeds=8, span_s=2000.0)

    def test_edges(self, results, law):
        for band in results.retries + [b for b in results.remedies if b.theory]:
            for side, theory in zip(("lower", "upper"), band.theory, strict=True):
                found = np.mean(getattr(band, side))
                law.holds(f"{side} edge, {band.name}", f"{theory:.3f}", f"{found:.3f}", abs(found - theory) < 0.05)

    def test_where_theory_has_one_state(self, results, law):
        for band in results.remedies:
            if band.formula and not band.theory:
                law.holds(f"width, {band.name}", "none", f"{band.width.mean:.3f}", not band.exists)

    def test_loop(self, results, law):
        up, down = (np.mean(branch, axis=0)[:, 0] for branch in (results.up, results.down))
        gap = float((up - down).sum() * 0.05)
        law.holds("area of the loop, success x load", "the band's width, .67", f"{gap:.2f}", 0.5 < gap < 0.8)

    def test_figure(self, results):
        hysteresis(results, folder() / "hysteresis.png")
        metastable_band(results, folder() / "metastable_band.png")
        assert all(name in page(results) for name in REMEDIES)
