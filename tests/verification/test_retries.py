"""Laws of retries on one station: Bernoulli feedback, the retry budget of one turn, the retrial queue."""

import numpy as np
import pytest
from scipy import integrate, stats
from scipy.special import expit

from sim.response import median_logit
from tests.verification.estimates import Estimate, replicate
from tests.verification.figures import figure, save
from tests.verification.network import carry, models, settings
from tests.verification.turns import COLOURS, Turns, points


class TestBernoulliFeedback:
    """A bad answer goes at once to the end of its model's queue until it is good: W = 1/(pμ - λ) (Takács, "A
    single-server queue with feedback", Bell System Technical Journal 42, 1963).

    The number in the system is that of an M/M/1 with service rate pμ, since every end of service is an exit with
    probability p whatever came before; Little's law gives W. That needs independent coins, so spread 0: a spread
    freezes the task, the hard ones come again and again, and the law breaks.
    """

    FIGURE = "retries_feedback"
    RETRIES = 200
    CASES = ((0.9, 0.6), (0.5, 0.3), (0.5, 0.6), (0.5, 0.8), (0.2, 0.6))  # (p, λ/(pμ))

    @classmethod
    def waits(cls, form, p, load, spread=0.0) -> np.ndarray:
        """Mean time in the system of each replication."""

        def run(seed):
            span = form(2e4, 2e5)
            c = settings(load * p, seed=seed, retry__retries=cls.RETRIES, retry__kinds=["bad"])
            log = carry(c, models(ability=p, spread=spread), span).log
            return Turns.of(log, span / 10, span * 0.95).sojourn.mean()

        return replicate(run, form(10, 20))

    @pytest.fixture(scope="class")
    @classmethod
    def found(cls, form):
        return [Estimate.of(cls.waits(form, p, load)) for p, load in cls.CASES]

    def test_wait(self, found, law):
        for (p, load), wait in zip(self.CASES, found, strict=True):
            law.agrees(f"W, p = {p}, load {load}", 1 / (p - load * p), wait, unit="s")

    def test_frozen_tasks_break_it(self, form, law):
        """A few tasks that are all but hopeless hold the slot: no replication comes near the law."""
        waits, theory = self.waits(form, 0.5, 0.3, spread=2.0), 1 / (0.5 - 0.15)
        found = f"{waits.min():.1f} to {waits.max():.0f} s"
        law.holds("W with spread 2, p = .5, load .3", f"far above {theory:.3f} s", found, waits.min() > 1.5 * theory)

    def test_figure(self, form, found):
        made, (ax,) = figure(width=3.4, height=2.8)
        fine = np.linspace(0.05, 0.87, 200)
        for p, colour in zip((0.9, 0.5, 0.2), COLOURS, strict=False):
            own = [(load, wait) for (q, load), wait in zip(self.CASES, found, strict=True) if q == p]
            ax.plot(fine, 1 / (p * (1 - fine)), color=colour, lw=1)
            points(ax, [load for load, _ in own], [wait for _, wait in own], colour, f"p = {p}")
        ax.set(xlabel="load λ/(pμ) (1)", ylabel="time in system W (1/μ)", yscale="log")
        ax.legend(fontsize=8, frameon=False)
        save(made, self.FIGURE)


class TestRetriesOfOneTurn:
    """P(ok) = 1 - (1-p)^(R+1) at spread 0; at spread s, E[1 - (1 - sigmoid(mu + s·z))^(R+1)] over z ~ N(0, 1), by
    adaptive quadrature.

    All attempts of a turn on one model meet the same frozen task (M4). So at the spreads of real systems retries rescue
    far less than independent coins would.
    """

    FIGURE = "retries_of_one_turn"
    ABILITY = 0.6

    @classmethod
    def theory(cls, spread, retries) -> float:
        if spread == 0:
            return 1 - (1 - cls.ABILITY) ** (retries + 1)
        mu = float(median_logit(cls.ABILITY, spread))

        def integrand(z):
            return (1 - (1 - expit(mu + spread * z)) ** (retries + 1)) * stats.norm.pdf(z)

        return integrate.quad(integrand, -9, 9, points=[-mu / spread], epsabs=1e-10, limit=500)[0]

    @classmethod
    def share(cls, form, spread, retries) -> Estimate:
        c = settings(1.0, seed=1 + retries, retry__retries=retries, retry__kinds=["bad"], service__noise="fixed")
        stations = models(slots=1000, mean_s=0.01, ability=cls.ABILITY, spread=spread)
        return Estimate.of(Turns.of(carry(c, stations, form(3e4, 3e5), drain_s=10.0).log).good)

    @pytest.fixture(scope="class")
    @classmethod
    def found(cls, form):
        retries = form((1, 5), (0, 1, 2, 3, 5, 8, 13))
        return {(s, r): cls.share(form, s, r) for s in (0.0, 2.0, 6.0, 12.0) for r in retries}

    def test_share_of_rescued_turns(self, found, law):
        for (spread, retries), share in found.items():
            law.agrees(f"P(ok), p = .6, spread {spread:g}, R = {retries}", self.theory(spread, retries), share)

    def test_independent_coins_promise_too_much(self, found, law):
        share, promised = found[6.0, 5], self.theory(0.0, 5)
        law.holds("P(ok), spread 6, R = 5", f"below {promised:.3f}", f"{share.mean:.3f} ± {share.error:.2g}",
                  share.interval()[1] < promised - 0.1)  # fmt: skip

    def test_figure(self, found):
        made, (ax,) = figure(width=3.4, height=2.8)
        for spread, colour in zip((0.0, 2.0, 6.0, 12.0), COLOURS, strict=False):
            retries = [r for s, r in found if s == spread]
            ax.plot(retries, [self.theory(spread, r) for r in retries], color=colour, lw=1)
            points(ax, retries, [found[spread, r] for r in retries], colour, f"spread {spread:g}")
        ax.set(xlabel="retries allowed R", ylabel="share of turns answered well (1)", ylim=(0.45, 1.02))
        ax.legend(fontsize=8, frameon=False, title="ability 0.6", title_fontsize=8, ncol=2, loc="lower right")
        save(made, self.FIGURE)


class TestRetrialQueue:
    """M/G/1 retrial queue: nobody waits; who finds the slot busy tries again after Exp(θ), again and again. Mean number
    in orbit N = λρ/(θ(1-ρ)) + λ²E[S²]/(2(1-ρ)) (Falin and Templeton, "Retrial queues", 1997, chapter 1).

    With Little's law a turn spends N/λ in orbit; each in orbit tries at rate θ, so it makes 1 + θN/λ attempts. The
    second part of N is the queue of M/G/1 (Pollaczek-Khinchine), left at θ → ∞; the first is the price of blind
    retries: a slot that falls idle waits for somebody to try. For exponential service N = ρ²/(1-ρ)·(μ+θ)/θ.
    """

    FIGURE = "retries_orbit"
    SQUARE = (("fixed", 1.0), ("exponential", 2.0), ("lognormal", float(np.exp(1.1**2))))  # E[S²] at E[S] = 1

    @classmethod
    def orbit(cls, rho, theta, noise) -> float:
        return rho * rho / (theta * (1 - rho)) + rho * rho * dict(cls.SQUARE)[noise] / (2 * (1 - rho))

    @classmethod
    def runs(cls, form, rho, theta, noise) -> np.ndarray:
        """(replications, 2): time in orbit and attempts of a turn."""

        def run(seed):
            span = form(2e4, 6e4)
            c = settings(rho, seed=seed, service__queue_limit=0, service__noise=noise, service__noise_sigma=1.1,
                         retry__retries=1000, retry__kinds=["rejected"], retry__backoff="constant",
                         retry__base_s=1 / theta, retry__jitter="memoryless")  # fmt: skip
            turns = Turns.of(carry(c, models(), span).log, span / 10, span * 0.9)
            served = turns.log["ended"][turns.last] - turns.log["started"][turns.last]
            return (turns.sojourn - served).mean(), turns.attempts.mean()

        return replicate(run, form(10, 20))

    @pytest.fixture(scope="class")
    @classmethod
    def found(cls, form):
        loads = form((0.5,), (0.2, 0.4, 0.6, 0.75))
        return {(r, q, n): cls.runs(form, r, q, n) for r in loads for q in (0.2, 2.0) for n, _ in cls.SQUARE}

    def test_time_in_orbit(self, found, law):
        for (rho, theta, noise), runs in found.items():
            theory = self.orbit(rho, theta, noise) / rho
            law.agrees(f"N/λ, {noise} service, ρ = {rho}, θ = {theta}μ", theory, Estimate.of(runs[:, 0]), unit="s")

    def test_attempts(self, found, law):
        for (rho, theta, noise), runs in found.items():
            theory = 1 + theta * self.orbit(rho, theta, noise) / rho
            law.agrees(f"attempts, {noise} service, ρ = {rho}, θ = {theta}μ", theory, Estimate.of(runs[:, 1]))

    def test_figure(self, found):
        made, (ax,) = figure(width=3.4, height=2.8)
        fine = np.linspace(0.12, 0.8, 100)
        for (noise, _), colour, name in zip(self.SQUARE, COLOURS, ("M/D/1", "M/M/1", "M/G/1 lognormal"), strict=False):
            for theta, line in ((0.2, "-"), (2.0, "--")):
                ax.plot(fine, [self.orbit(r, theta, noise) for r in fine], line, color=colour, lw=1)
                loads = [r for r, q, n in found if (q, n) == (theta, noise)]
                own = [Estimate.of(r * found[r, theta, noise][:, 0]) for r in loads]
                points(ax, loads, own, colour, f"{name}, θ = {theta:g}μ", hollow=line == "--")
        ax.set(xlabel="load ρ (1)", ylabel="mean number in orbit N (turns)", yscale="log")
        ax.legend(fontsize=6, frameon=False)
        save(made, self.FIGURE)
