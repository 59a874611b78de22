"""Waiting and loss at one model: the laws of queueing theory in steady state."""

import math

import numpy as np
import pytest

from tests.verification.estimates import Estimate
from tests.verification.figures import figure, save
from tests.verification.network import carry, models, settings


def erlang_b(slots: int, load: float) -> float:
    """P(all ``slots`` busy) at offered ``load`` in Erlang without a queue: B_c = aB/(c + aB), B_0 = 1."""
    blocked = 1.0
    for c in range(1, slots + 1):
        blocked = load * blocked / (c + load * blocked)
    return blocked


def erlang_c(slots: int, load: float) -> float:
    """P(wait > 0) at offered ``load`` < ``slots`` in Erlang with an endless queue."""
    blocked = erlang_b(slots, load)
    return slots * blocked / (slots - load * (1 - blocked))


class TestErlangC:
    """M/M/c: P(wait > 0) = C(c, λ/μ), mean wait C/(cμ - λ), wait given waiting ~ Exp(cμ - λ) (Erlang 1917).

    Broken by a slot that is given back late or granted twice, by service that is not exponential of the stated mean,
    by arrivals that are not Poisson, and by a queue that is not first in, first out (the distribution).
    """

    FIGURE = "queue_mmc_wait"
    CASES = ((1, 0.5), (1, 0.8), (2, 0.8), (5, 0.9), (20, 0.9))

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        def waits(seed, slots, rho):
            c = settings(rho * slots, seed=seed)
            until = form(3e4, 4e5) / slots
            return carry(c, models(slots=slots), until, drain_s=1e4).after(until / 20)["waited"]

        return {case: [waits(s, *case) for s in range(1, form(8, 20))] for case in cls.CASES}

    @pytest.mark.parametrize(("slots", "rho"), CASES)
    def test_mean(self, run, law, slots, rho):
        theory = erlang_c(slots, rho * slots) / (slots - rho * slots)
        law.agrees(f"mean wait, c = {slots}, ρ = {rho}", theory, Estimate.of([w.mean() for w in run[slots, rho]]), "s")

    @pytest.mark.parametrize(("slots", "rho"), CASES)
    def test_probability(self, run, law, slots, rho):
        shares = [(w > 0).mean() for w in run[slots, rho]]
        law.agrees(f"P(wait > 0), c = {slots}, ρ = {rho}", erlang_c(slots, rho * slots), Estimate.of(shares))

    @pytest.mark.parametrize(("slots", "rho"), CASES)
    def test_tail(self, run, law, slots, rho):
        at = 2 / (slots - rho * slots)
        theory = erlang_c(slots, rho * slots) * math.exp(-2)
        shares = [(w > at).mean() for w in run[slots, rho]]
        law.agrees(f"P(wait > 2/(cμ - λ)), c = {slots}, ρ = {rho}", theory, Estimate.of(shares))

    def test_figure(self, run):
        made, (ax,) = figure()
        for colour, ((slots, rho), waits) in enumerate(run.items()):
            t = np.linspace(0, 5 / (slots - rho * slots), 60)
            pooled = np.sort(np.concatenate(waits))
            ax.semilogy(t, 1 - np.searchsorted(pooled, t, side="right") / pooled.size, "o", ms=3, color=f"C{colour}")
            theory = erlang_c(slots, rho * slots) * np.exp(-(slots - rho * slots) * t)
            ax.semilogy(t, theory, color=f"C{colour}", label=f"c = {slots}, ρ = {rho}")
        ax.set(xlabel="t (mean service times)", ylabel="P(wait > t)", title="M/M/c: lines theory, points simulated")
        ax.set(xlim=(0, 12), ylim=(1e-4, 1))
        ax.legend(fontsize=8)
        save(made, self.FIGURE)
