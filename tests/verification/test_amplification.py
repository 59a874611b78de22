"""Laws of retry amplification: how often an attempt fails under load, and the attempts per turn that follow from it."""

import numpy as np
import pytest

from tests.verification.amplification import Cancelling, Storm, Wasteful
from tests.verification.estimates import Estimate, replicate
from tests.verification.figures import figure, save
from tests.verification.storms import CANCEL, KICK, Setup
from tests.verification.turns import COLOURS, points

SLOW = 1000.0  # s, mean backoff: a thousand services, so that retries come as Poisson load
IMPATIENT = CANCEL | {"service__patience": "exponential", "service__queue_limit": None}


def settled(setup: Setup, load: float, form, kicked: bool = False) -> np.ndarray:
    """(replications, 2): share answered and attempts per turn at ``load`` (of capacity), after ten mean backoffs."""
    step = 10 * max(setup.backoff, 100.0)
    steps = form(6, 30)

    def run(seed):
        loads = np.full(1 + steps, load)
        loads[0] = KICK if kicked else load
        return setup.success(loads, step, seed, settle=0.0)[2 if kicked else 1 :].mean(axis=0)

    return replicate(run, form(6, 16))


class TestFailingAttempts:
    """Without retries an attempt fails with probability f(Λ). Abandoned work burns its slot: the sojourn of M/M/c/c+K
    exceeds τ, or the queue is full. Abandoned work is cancelled, Exp patience: f = E[n]/(τΛ) of a birth-death process.

    What users do changes nothing in the first system; in the second each leaves at rate 1/τ, waiting or served.
    """

    @pytest.mark.parametrize("slots, room, load", [(1, 200, 0.7), (1, 5, 0.9), (4, 20, 0.9), (10, 200, 0.97)])
    def test_burning(self, slots, room, load, form, law):
        setup = Setup(slots=slots, room=room, patience=4.0, retries=0, backoff=100.0)
        answered = settled(setup, load, form)[:, 0]
        theory = Wasteful(slots, room, 4.0).failing(load * slots)
        law.agrees(f"f, no cancelling, c = {slots}, K = {room}, load {load}", theory, Estimate.of(1 - answered))

    @pytest.mark.parametrize("slots, load", [(1, 0.7), (4, 1.5)])
    def test_cancelling(self, slots, load, form, law):
        setup = Setup(slots=slots, patience=4.0, retries=0, backoff=100.0, remedy=IMPATIENT)
        answered = settled(setup, load, form)[:, 0]
        theory = Cancelling(slots, 4.0).failing(load * slots)
        law.agrees(f"f, cancelling, c = {slots}, load {load}", theory, Estimate.of(1 - answered))


class TestFixedPoint:
    """Retries after long, memoryless backoff: attempts per turn solve A = 1 + f + … + f^R with f = f(λA). Where f comes
    from a station that burns its slots on abandoned work, a band of loads has two stable solutions.

    Backoff is a thousand services; at ten, noise tips this station of one slot out of the good state at loads well
    inside its band, and the law, which is about means, fails there.
    """

    FIGURE = "retry_amplification"
    SETUP = Setup(slots=1, room=200, patience=6.0, retries=2, backoff=SLOW)

    @pytest.fixture(scope="class")
    @classmethod
    def found(cls, form):
        """Attempts per turn by (load, kicked)."""
        empty, full = form((0.2, 0.4), (0.1, 0.2, 0.3, 0.4, 0.45)), form((0.4,), (0.4, 0.5, 0.6, 0.75, 0.9))
        cases = [(load, False) for load in empty] + [(load, True) for load in full]
        return {case: Estimate.of(settled(cls.SETUP, case[0], form, case[1])[:, 1]) for case in cases}

    def test_attempts_in_both_states(self, found, law):
        for (load, kicked), attempts in found.items():
            states = self.SETUP.theory().states(load, 5.0)
            state, start = (states[-1], "overloaded") if kicked else (states[0], "empty")
            law.agrees(f"A, burning, load {load}, started {start}", state, attempts)

    def test_one_state_where_work_is_cancelled(self, form, law):
        setup = Setup(slots=1, patience=3.0, retries=2, backoff=SLOW, remedy=IMPATIENT)
        theory = Storm(Cancelling(1, 3.0), 2)
        assert theory.band(6.0) is None
        for load in form((0.8,), (0.5, 0.8, 1.2)):
            for kicked in (False, True):
                attempts = Estimate.of(settled(setup, load, form, kicked)[:, 1])
                start = "overloaded" if kicked else "empty"
                law.agrees(f"A, cancelling, load {load}, started {start}", theory.states(load, 6.0)[0], attempts)

    def test_figure(self, found):
        made, (ax,) = figure(width=3.4, height=2.8)
        loads, offered = self.SETUP.theory().curve(3.0)
        steps = np.sign(np.diff(offered, append=np.inf))
        for side, line in ((1.0, "-"), (-1.0, "--")):
            ax.plot(np.where(steps == side, offered, np.nan), loads / offered, line, color="0.5", lw=1)
        for kicked, colour, label in ((False, COLOURS[0], "started empty"), (True, COLOURS[1], "started overloaded")):
            own = {load: e for (load, k), e in found.items() if k == kicked}
            points(ax, list(own), list(own.values()), colour, label, marker="s" if kicked else "o")
        ax.set(xlabel="offered load (share of capacity)", ylabel="attempts per turn A (1)", xlim=(0, 1))
        ax.legend(fontsize=8, frameon=False, loc="center right")
        save(made, self.FIGURE)
