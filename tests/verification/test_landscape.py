"""The landscape of ideas (M11): how rugged it is, how it moves, and what the best of q jumps is worth."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats

from sim.developers.ideas import Ideas
from sim.landscape import Landscape
from tests.configs import config
from tests.verification.estimates import Estimate, replicate
from tests.verification.figures import figure, save

BASE = replace(config().landscape, mean=0.0, sd=1.0)  # logits are z


def landscape(seed, n, k, redraw_days=0.0):
    return Landscape(replace(BASE, n=n, k=k, redraw_days=redraw_days), seed, 1)


def whole(seed, n, k):
    """z of all 2^N positions."""
    return landscape(seed, n, k).logits(0, np.arange(1 << n))


def peaks(z):
    """How many positions no flip of one bit improves."""
    x = np.arange(len(z))
    return int(
        np.logical_and.reduce([z > z[x ^ bit] for bit in (1 << i for i in range(len(z).bit_length() - 1))]).sum()
    )


class TestPeaks:
    """An NK landscape with K = 0 has one peak; with K = N - 1 all fitness is independent, and it has 2^N/(N + 1) in
    expectation (Kauffman and Levin 1987).

    Broken by a bit that is missing among those on which its contribution depends, and by contributions that share
    draws.
    """

    FIGURE = "landscape_peaks"

    @pytest.mark.parametrize("n", [1, 4, 8, 12])
    def test_k_0(self, law, form, n):
        found = {peaks(whole(seed, n, 0)) for seed in range(form(10, 100))}
        law.holds(f"peaks, N = {n}, K = 0", "1", " ".join(map(str, sorted(found))), found == {1})

    @pytest.mark.parametrize("n", [4, 8, 11])
    def test_k_all(self, law, form, n):
        found = replicate(lambda seed: peaks(whole(seed, n, n - 1)), form(40, 400))
        law.agrees(f"peaks, N = {n}, K = {n - 1}", 2**n / (n + 1), Estimate.of(found))

    def test_figure(self, form):
        made, (ax,) = figure()
        for colour, n in enumerate((6, 8, 10)):
            k = np.arange(n)
            found = [Estimate.of(replicate(lambda seed, n=n, i=i: peaks(whole(seed, n, i)), 60)) for i in k]
            ax.errorbar(k, [e.mean for e in found], [2 * e.error for e in found], fmt="o-", ms=4, color=f"C{colour}",
                        label=f"N = {n}")  # fmt: skip
            ax.axhline(2**n / (n + 1), color=f"C{colour}", lw=0.8, ls=":")
        ax.set(xlabel="K", ylabel="peaks", yscale="log", title="from one peak to 2^N/(N + 1) (dotted)")
        ax.legend(fontsize=8)
        save(made, self.FIGURE)


class TestFitness:
    """z has mean 0 and variance 1 over landscapes at every N and K, and two positions d flips apart correlate by
    C(N-K-1, d)/C(N, d), the chance that a contribution depends on none of the flipped bits (after Weinberger 1990).

    Broken by a wrong standardisation, by bits that depend on themselves twice, and by dependencies that are not
    uniformly drawn.
    """

    FIGURE = "landscape_fitness"
    CASES = ((12, 0), (12, 6), (12, 11), (6, 2), (20, 9))

    @staticmethod
    def sample(seed, n):
        """Positions in pairs d = 0 ... N flips apart: (first, d's partner)."""
        rng = np.random.default_rng([seed, n])
        first = rng.integers(0, 1 << n, 20)
        order = np.argsort(rng.random((20, n)), axis=1)
        return first, np.array([first ^ (1 << order[:, :d]).sum(axis=1) for d in range(n + 1)])

    @classmethod
    def products(cls, n, k, seeds):
        """z·z' at distances 0 ... N: (seeds, N + 1); and the mean of z (seeds,)."""
        found, means = [], []
        for seed in range(seeds):
            land, (first, others) = landscape(seed, n, k), cls.sample(seed, n)
            z = land.logits(0, first)
            found.append([(z * land.logits(0, other)).mean() for other in others])
            means.append(z.mean())
        return np.array(found), np.array(means)

    @staticmethod
    def theory(n, k, d):
        return math.comb(n - k - 1, d) / math.comb(n, d)

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        return {case: cls.products(*case, form(150, 3000)) for case in cls.CASES}

    @pytest.mark.parametrize("case", CASES)
    def test_mean_and_variance(self, run, law, case):
        products, means = run[case]
        law.agrees(f"mean of z, N = {case[0]}, K = {case[1]}", 0.0, Estimate.of(means))
        law.agrees(f"variance of z, N = {case[0]}, K = {case[1]}", 1.0, Estimate.of(products[:, 0]))

    @pytest.mark.parametrize("case", CASES)
    @pytest.mark.parametrize("d", [1, 2, 4])
    def test_correlation(self, run, law, case, d):
        n, k = case
        law.agrees(
            f"correlation {d} flips apart, N = {n}, K = {k}", self.theory(n, k, d), Estimate.of(run[case][0][:, d])
        )

    def test_figure(self, run):
        made, (ax,) = figure()
        for colour, (n, k) in enumerate(self.CASES[:3]):
            d = np.arange(n + 1)
            ax.plot(d, [self.theory(n, k, i) for i in d], color=f"C{colour}")
            ax.plot(d, run[n, k][0].mean(axis=0), "o", ms=4, color=f"C{colour}", label=f"K = {k}")
        ax.set(xlabel="flips apart", ylabel="correlation of z", title="N = 12; lines theory, points simulated")
        ax.legend(fontsize=8)
        save(made, self.FIGURE)


class TestRedraws:
    """Redraws come as a Poisson process of one per ``redraw_days`` and domain; they keep the distribution of z, and
    what z keeps of itself over t days is exp(-t/(N·redraw_days)): the chance that a bit has not been redrawn.

    Broken by a redraw that leaves part of its bit's table, by one that touches others, and by bits that are not drawn
    uniformly.
    """

    FIGURE = "landscape_redraws"
    N, K, TAU = 12, 6, 20.0
    DAYS = (0.0, 60.0, 180.0, 500.0)

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        """z of 20 positions at the days: (seeds, days, positions)."""

        def one(seed):
            land = landscape(seed, cls.N, cls.K, cls.TAU)
            positions = np.random.default_rng(seed).integers(0, 1 << cls.N, 20)
            found = []
            for day in cls.DAYS:
                land.advance(day)
                found.append(land.logits(0, positions))
            return found

        return replicate(one, form(200, 3000))

    @pytest.mark.parametrize("i", range(1, len(DAYS)))
    def test_keep_the_distribution(self, run, law, i):
        law.agrees(f"mean of z on day {self.DAYS[i]:g}", 0.0, Estimate.of(run[:, i].mean(axis=1)))
        law.agrees(f"variance of z on day {self.DAYS[i]:g}", 1.0, Estimate.of((run[:, i] ** 2).mean(axis=1)))

    @pytest.mark.parametrize("i", range(1, len(DAYS)))
    def test_forget(self, run, law, i):
        theory = math.exp(-self.DAYS[i] / (self.N * self.TAU))
        law.agrees(
            f"correlation after {self.DAYS[i]:g} days", theory, Estimate.of((run[:, 0] * run[:, i]).mean(axis=1))
        )

    def test_number(self, law, form):
        def one(seed):
            land = landscape(seed, self.N, self.K, self.TAU)
            return sum(bool(land.advance(day)) for day in np.arange(0, 200, 0.02))

        # Two redraws in one step of .02 days count as one: a fraction .001 of them, less than can be told here.
        theory = 200 / 0.02 * -math.expm1(-0.02 / self.TAU)
        law.agrees("redraws in 200 days", theory, Estimate.of(replicate(one, form(40, 300))))

    def test_figure(self, run):
        made, (ax,) = figure()
        t = np.linspace(0, 500, 100)
        ax.plot(t, np.exp(-t / (self.N * self.TAU)), color="C0")
        kept = [Estimate.of((run[:, 0] * run[:, i]).mean(axis=1)) for i in range(len(self.DAYS))]
        ax.errorbar(self.DAYS, [e.mean for e in kept], [2 * e.error for e in kept], fmt="o", ms=4, color="C0")
        ax.set(xlabel="days", ylabel="correlation of z with day 0", title="N = 12, one redraw in 20 days")
        save(made, self.FIGURE)


class TestIdeas:
    """Ideas come as a Poisson process; on a landscape of independent fitness (K = N - 1) one is worth the expected
    maximum of q standardised sums of N uniforms; on any, the same whatever became of those before.

    Broken by ideas that wait for the one before to be pursued, and by jumps that share positions.
    """

    FIGURE = "landscape_ideas"
    N, JUMPS = 20, (1, 8, 64, 512)

    @classmethod
    def stream(cls, seed, q, n=N, k=N - 1, redraw_days=0.0, days=15.0):
        settings = replace(BASE, n=n, k=k, ideas=q, redraw_days=redraw_days, idea_days=days)
        return Ideas(settings, seed, Landscape(settings, seed, 1), 5, 0, 0.0)

    @classmethod
    def theory(cls, q):
        """E max of q: ∫ z dF^q."""
        scale = math.sqrt(12.0 * cls.N)
        one = stats.irwinhall(cls.N)

        def beyond(z):
            return 1.0 - one.cdf(cls.N / 2 + z * cls.N / scale) ** q

        right = integrate.quad(beyond, 0, 8, limit=200)[0]
        return right - integrate.quad(lambda z: 1.0 - beyond(z), -8, 0, limit=200)[0]

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        def logits(q):
            return np.array([idea.logit for seed in range(form(5, 60)) for idea in cls.stream(seed, q).due(1e3)])

        return {q: logits(q) for q in cls.JUMPS}

    @pytest.mark.parametrize("q", JUMPS)
    def test_worth(self, run, law, q):
        law.agrees(f"z of an idea, q = {q}", self.theory(q), Estimate.of(run[q]))

    def test_number(self, law, form):
        found = replicate(lambda seed: len(self.stream(seed, 1).due(180.0)), form(300, 4000))
        law.agrees("ideas in 180 days, one in 15", 12.0, Estimate.of(found))
        law.agrees("variance of their number", 12.0, Estimate.of((found - 12.0) ** 2))

    def test_nobody_changes_them(self, law, form):
        """Two arms: one asks daily, one at the end of each of three long projects, on worlds at different days."""
        same = total = 0
        for seed in range(form(20, 200)):
            daily, late = (self.stream(seed, 16, 12, 6, 20.0) for _ in range(2))
            first = [idea for day in range(181) for idea in daily.due(day)]
            second = [idea for day in (70, 71, 180) for idea in late.due(day)]
            same, total = same + sum(a == b for a, b in zip(first, second, strict=True)), total + len(first)
        law.holds("ideas that two arms share", "all", f"{same} of {total}", same == total)

    def test_figure(self, run):
        made, (ax,) = figure()
        q = np.unique(np.geomspace(1, 512, 30).astype(int))
        ax.semilogx(q, [self.theory(int(i)) for i in q], color="C0")
        ax.semilogx(self.JUMPS, [run[i].mean() for i in self.JUMPS], "o", ms=5, color="C0", label="K = N - 1")
        ax.set(xlabel="jumps q", ylabel="mean z of an idea", title="N = 20; line theory, points simulated")
        ax.legend(fontsize=8)
        save(made, self.FIGURE)
