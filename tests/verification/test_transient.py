"""Laws in time: how an empty network fills, and how many are in it against how long they stay."""

import numpy as np
import pytest
from scipy import stats

from sim.records import C, N, Outcome
from tests.verification.estimates import Estimate, replicate
from tests.verification.figures import figure, save
from tests.verification.network import carry, models, settings


class TestInfiniteServers:
    """M/G/∞ from empty: the number in service at t is Poisson of mean λ·E[min(S, t)], for exponential service
    λ/μ·(1 - e^(-μt)), and Cov(N(u), N(t)) = λE[(min(S, t) - (t - u))⁺] (Takács 1962).

    Each of many models with slots for all is one independent system, since routing splits the stream. Broken by
    counters of load at a tick that count what has just ended, by a tick that falls late, and by service that starts
    with a delay.
    """

    FIGURE = "transient_infinite_servers"
    RATE, TICKS, STEP = 5.0, 12, 0.5  # 1/s per model; s

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        def one(noise, seed):
            many = form(500, 2000)
            c, until = settings(cls.RATE * many, seed=seed, service__noise=noise), cls.TICKS * cls.STEP
            ready = carry(c, models(many, slots=10**6), until, ticks=cls.TICKS, log=False)
            return np.array([w.busy for w in ready.windows])

        return {noise: one(noise, seed) for seed, noise in enumerate(("exponential", "fixed"))}

    @classmethod
    def mean(cls, noise, t):
        return cls.RATE * (-np.expm1(-t) if noise == "exponential" else np.minimum(t, 1.0))

    @pytest.mark.parametrize("noise", ["exponential", "fixed"])
    @pytest.mark.parametrize("tick", [0, 1, 3, 11])
    def test_mean(self, run, law, noise, tick):
        t = (tick + 1) * self.STEP
        law.agrees(f"mean number in service at {t:g} s, {noise}", self.mean(noise, t), Estimate.of(run[noise][tick]))

    @pytest.mark.parametrize("noise", ["exponential", "fixed"])
    @pytest.mark.parametrize("tick", [0, 1, 3, 11])
    def test_poisson(self, run, law, noise, tick):
        n, t = run[noise][tick], (tick + 1) * self.STEP
        mean = self.mean(noise, t)
        low, high = (int(stats.poisson.isf(tail, mean)) for tail in (0.98, 0.02))
        found = np.bincount(np.clip(n, low, high) - low, minlength=high - low + 1)
        share = np.diff(np.concatenate([[0], stats.poisson.cdf(np.arange(low, high), mean), [1]]))
        law.counts(f"number in service at {t:g} s, {noise}", "Poisson", found, share)

    @pytest.mark.parametrize(("noise", "theory"), [("exponential", -np.expm1(-1.0) * np.exp(-0.5)), ("fixed", 0.5)])
    def test_covariance(self, run, law, noise, theory):
        u, t = (run[noise][tick] - self.mean(noise, (tick + 1) * self.STEP) for tick in (1, 2))
        law.agrees(f"covariance of 1 s and 1.5 s, {noise}", self.RATE * theory, Estimate.of(u * t))

    def test_figure(self, run):
        made, (left, right) = figure(2)
        fine, ticks = np.linspace(0, 6, 200), self.STEP * np.arange(1, self.TICKS + 1)
        for noise, colour in (("exponential", "C0"), ("fixed", "C1")):
            left.plot(fine, self.mean(noise, fine), color=colour, label=f"{noise}: mean")
            left.plot(ticks, run[noise].mean(axis=1), "o", ms=5, color=colour)
            left.plot(ticks, run[noise].var(axis=1), "x", ms=6, color=colour, label=f"{noise}: variance")
        k = np.arange(0, 16)
        for tick, colour in ((0, "C2"), (1, "C3"), (11, "C4")):
            mean = self.mean("exponential", (tick + 1) * self.STEP)
            right.plot(k, stats.poisson.pmf(k, mean), color=colour, label=f"{(tick + 1) * self.STEP:g} s")
            found = np.bincount(run["exponential"][tick], minlength=99)[:16] / run["exponential"][tick].size
            right.plot(k, found, "o", ms=4, color=colour)
        left.set(xlabel="t (s)", ylabel="number in service", title="lines theory, marks simulated")
        right.set(xlabel="number in service", ylabel="probability", title="exponential: lines Poisson")
        left.legend(fontsize=8)
        right.legend(fontsize=8)
        save(made, self.FIGURE)


class TestLittle:
    """L = λW (Little 1961), in a network that nobody can solve: unequal models, lognormal service, two choices, users
    who give up, retries with backoff.

    L is what the counters show at ticks, λW is the area of the attempt log over time: two ways through the code that
    share nothing. Broken by load that is not given back where work is given up, by a wait or an end that is logged to
    another instant, and by turns in flight that are lost or counted twice.
    """

    FIGURE = "transient_little"
    CASES = ("in the queue", "in service", "turns in flight")

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        until, warm = form(2000.0, 20_000.0), 100.0

        def one(seed):
            c = settings(5.0, "retry=openai", seed=seed, service__noise="lognormal", service__noise_sigma=0.8,
                         service__patience="lognormal", service__patience_s=5.0, service__patience_sigma=0.5,
                         router__dispatch="power_of_two", retry__retries=2, retry__base_s=2.0)  # fmt: skip
            stations = models(6, slots=[1, 1, 1, 1, 2, 3], ability=0.8, spread=2.0, mean_s=[0.5, 1, 1.5, 2, 1, 2])
            ready = carry(c, stations, until, ticks=round(until), drain_s=1000.0)
            log, windows = ready.log, ready.windows[round(warm) - 1 : round(until)]
            began, served, span = (np.clip(t, warm, until) for t in (
                log["started"], log["started"] + log["waited"], log["ended"]))  # fmt: skip
            turns = np.lexsort((log["attempt"], log["session"]))
            first = log["attempt"][turns] == 1
            last = np.append(first[1:], True)
            flight = span[turns][last] - began[turns][first]
            seen = np.array([(w.queued.sum(), w.busy.sum(), w.in_flight) for w in windows])
            counted = (seen[:-1] + seen[1:]).mean(axis=0) / 2
            booked = ready.models[:, C.BUSY].sum() / 2.0**24
            logged = (log["ended"] - log["started"] - log["waited"]).sum()
            area = np.array([(served - began).sum(), (span - served).sum(), flight.sum()]) / (until - warm)
            ended = ready.network[N.OK] + ready.network[N.FAILED] + ready.network[N.UNNOTICED]
            gone = float((log["outcome"] == Outcome.TIMEOUT).mean())
            return *counted, *area, booked - logged, ready.network[N.TURNS] - ended, gone

        return replicate(one, form(8, 20))

    @pytest.mark.parametrize("case", range(3))
    def test_law(self, run, law, case):
        area = run[:, 3 + case].mean()
        law.agrees(f"L - λW {self.CASES[case]} (λW = {area:.3f})", 0.0, Estimate.of(run[:, case] - run[:, 3 + case]))

    def test_slot_time(self, run, law):
        off = np.abs(run[:, 6]).max()
        law.holds("slot time in the counters less in the log", "0 s", f"{off:.2g} s", off < 1e-3)

    def test_conservation(self, run, law):
        lost = np.abs(run[:, 7]).max()
        law.holds("turns begun less ended, after the drain", "0", f"{lost:g}", lost == 0)

    def test_it_is_not_trivial(self, run, law):
        given_up = run[:, 8].mean()
        law.holds("share of attempts given up", "> .05", f"{given_up:.3f}", given_up > 0.05)

    def test_figure(self, run):
        made, axes = figure(3, width=3.2, height=3.2)
        for case, ax in enumerate(axes):
            ax.plot(run[:, 3 + case], run[:, case], "o", ms=5)
            ends = [run[:, [case, 3 + case]].min(), run[:, [case, 3 + case]].max()]
            ax.plot(ends, ends, "k", lw=0.8)
            ax.set(xlabel="λW, from the log", ylabel="L, from the counters", title=self.CASES[case])
        save(made, self.FIGURE)
