"""Waiting at one model: the laws of queueing theory in steady state."""

import math
from itertools import product

import numpy as np
import pytest

from tests.verification.erlang import erlang_c
from tests.verification.estimates import Estimate
from tests.verification.figures import figure, save
from tests.verification.network import carry, models, settings


class TestErlangC:
    """M/M/c: P(wait > 0) = C(c, λ/μ), mean wait C/(cμ - λ), wait given waiting ~ Exp(cμ - λ) (Erlang 1917).

    Broken by a slot that is given back late or granted twice, by service that is not exponential of the stated mean,
    by arrivals that are not Poisson, and by a queue that is not first in, first out (the tail).
    """

    FIGURE = "queue_mmc_wait"
    CASES = ((1, 0.5), (1, 0.8), (2, 0.8), (5, 0.9), (20, 0.9))

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        def waits(seed, slots, rho):
            until = form(2e4, 4e5) / slots
            c = settings(rho * slots, seed=seed)
            return carry(c, models(slots=slots), until, drain_s=1e4).after(until / 20)["waited"]

        return {case: [waits(100 * k + s, *case) for s in range(form(8, 20))] for k, case in enumerate(cls.CASES)}

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
            t = np.linspace(0, 5 / (slots - rho * slots), 30)
            pooled = np.sort(np.concatenate(waits))
            ax.semilogy(t, 1 - np.searchsorted(pooled, t, side="right") / pooled.size, "o", ms=3, color=f"C{colour}")
            theory = erlang_c(slots, rho * slots) * np.exp(-(slots - rho * slots) * t)
            ax.semilogy(t, theory, color=f"C{colour}", label=f"c = {slots}, ρ = {rho}")
        ax.set(xlabel="t (mean service times)", ylabel="P(wait > t)", title="M/M/c: lines theory, points simulated")
        ax.set(xlim=(0, 12), ylim=(1e-3, 1))
        ax.legend(fontsize=8)
        save(made, self.FIGURE)


class TestPollaczekKhinchine:
    """M/G/1: mean wait λE[S²]/(2(1 - ρ)), P(wait > 0) = ρ (Pollaczek 1930, Khinchine 1932).

    E[S²] = 1 for fixed service, exp(σ²) for lognormal of mean 1. Broken by noise whose mean is not 1 (then ρ is off) or
    whose spread is not the stated σ, and by a wait that is measured to anything but the start of service.
    """

    FIGURE = "queue_mg1_wait"
    LAWS = (("fixed", 0.0), ("lognormal", 0.3), ("lognormal", 1.0))
    LOADS = (0.3, 0.6, 0.8)
    CASES = tuple((*law, rho) for law, rho in product(LAWS, LOADS))

    @staticmethod
    def theory(sigma, rho):
        return rho * math.exp(sigma**2) / (2 * (1 - rho))

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        def one(seed, noise, sigma, rho):
            until = form(1e4, 2e5) / rho
            c = settings(rho, seed=seed, service__noise=noise, service__noise_sigma=sigma)
            waited = carry(c, models(), until, drain_s=1e4).after(until / 20)["waited"]
            return waited.mean(), (waited > 0).mean()

        return {case: np.array([one(100 * k + s, *case) for s in range(form(8, 20))]).T
                for k, case in enumerate(cls.CASES, 10)}  # fmt: skip

    @pytest.mark.parametrize(("noise", "sigma", "rho"), CASES)
    def test_mean(self, run, law, noise, sigma, rho):
        name = f"mean wait, {noise}{f' σ = {sigma}' if sigma else ''}, ρ = {rho}"
        law.agrees(name, self.theory(sigma, rho), Estimate.of(run[noise, sigma, rho][0]), "s")

    @pytest.mark.parametrize(("noise", "sigma", "rho"), CASES)
    def test_probability(self, run, law, noise, sigma, rho):
        name = f"P(wait > 0), {noise}{f' σ = {sigma}' if sigma else ''}, ρ = {rho}"
        law.agrees(name, rho, Estimate.of(run[noise, sigma, rho][1]))

    def test_figure(self, run):
        made, (ax,) = figure()
        fine = np.linspace(0.05, 0.85, 100)
        for colour, (noise, sigma) in enumerate(self.LAWS):
            found = [Estimate.of(run[noise, sigma, rho][0]) for rho in self.LOADS]
            ax.plot(fine, self.theory(sigma, fine), color=f"C{colour}")
            ax.errorbar(self.LOADS, [e.mean for e in found], [3 * e.error for e in found], fmt="o", ms=4, capsize=2,
                        color=f"C{colour}", label=f"{noise} σ = {sigma}" if sigma else noise)  # fmt: skip
        ax.set(xlabel="load ρ", ylabel="mean wait (mean service times)", title="M/G/1: lines theory, bars ± 3 se")
        ax.legend(fontsize=8)
        save(made, self.FIGURE)
