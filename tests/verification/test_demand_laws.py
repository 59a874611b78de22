"""Synthetic demand (M1): when sessions arrive, and what they ask."""

from typing import ClassVar

import numpy as np
import pytest
from scipy import stats

from sim.demand.arrivals import DAY_S, poisson, until
from sim.demand.sessions import domain_shares
from tests.demands import drawn, settings
from tests.verification.estimates import Estimate
from tests.verification.figures import figure, save


class TestPoissonArrivals:
    """Arrivals of kind `poisson`: gaps are exponential and independent, counts in any window have variance = mean.

    Broken by a gap that is cut (5 % too much load where gaps end at 3/λ), by chunks that restart the clock, and by a
    gap that depends on the one before.
    """

    FIGURE = "demand_poisson"
    RATE, WINDOWS = 2.0, (1, 10, 100, 1000)

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        return until(form(1e5, 2e6), poisson(91, cls.RATE))

    @staticmethod
    def in_windows(at, width):
        return np.bincount((at // width).astype(int))[:-1]

    def test_gaps(self, run, law):
        law.fits("gaps", "exponential (Kolmogorov-Smirnov)", stats.kstest(np.diff(run), "expon", args=(0, 0.5)).pvalue)

    def test_neighbours(self, run, law):
        gap = np.diff(run) * self.RATE - 1
        law.agrees("correlation of neighbouring gaps", 0.0, Estimate.of(gap[:-1] * gap[1:]))

    def test_longest_gap(self, run, law):
        """The longest of n gaps has P(≤ x) = (1 - e^(-λx))^n."""
        gap = np.diff(run)
        below = float(np.exp(gap.size * np.log1p(-np.exp(-self.RATE * gap.max()))))
        law.fits("longest gap", "largest of n exponentials", 2 * min(below, 1 - below))

    @pytest.mark.parametrize("width", WINDOWS)
    def test_rate(self, run, law, width):
        law.agrees(f"mean count in {width} s", self.RATE * width, Estimate.of(self.in_windows(run, width)))

    @pytest.mark.parametrize("width", WINDOWS)
    def test_dispersion(self, run, law, width):
        square = (self.in_windows(run, width) - self.RATE * width) ** 2 / (self.RATE * width)
        law.agrees(f"variance / mean of counts in {width} s", 1.0, Estimate.of(square))

    def test_figure(self, run):
        made, (left, right) = figure(2, width=4.2)
        gap = np.sort(np.diff(run))
        x = np.linspace(0, 7, 60)
        left.semilogy(x, np.exp(-self.RATE * x), label="e^(-λx)")
        share = 1 - np.searchsorted(gap, x, side="right") / gap.size
        left.semilogy(x[share > 0], share[share > 0], "o", ms=4, label="simulated")
        left.set(xlabel="x (s)", ylabel="P(gap > x)")
        widths = np.geomspace(0.1, 1000, 17)
        counts = [self.in_windows(run, w) for w in widths]
        right.semilogx(widths, [n.var() / n.mean() for n in counts], "o", ms=4, label="simulated")
        half = 3 * np.sqrt([2 / n.size for n in counts])
        right.fill_between(widths, 1 - half, 1 + half, color="0.85", label="1 ± 3 se")
        right.set(xlabel="window (s)", ylabel="variance / mean of counts", ylim=(0.5, 1.5))
        left.legend(fontsize=8)
        right.legend(fontsize=8)
        save(made, self.FIGURE)


class TestSessions:
    """What sessions ask: T = 1 + geometric turns of the stated mean, Zipf domains, class shares, difficulty N(0, 1),
    users and audit draws uniform, lognormal think times and tokens, all independent of one another.

    Broken by an edge of a share that is open on the wrong side, by two columns from one draw, by chunks that repeat.
    """

    FIGURE = "demand_sessions"
    KEYS: ClassVar = dict(turns_mean=2.5, domains=8, zipf=1.2, edge=0.1, adversarial=0.05, users=500, rate=1e5,
                          think_median_s=60.0, think_sigma=0.8, output_mu=5.0, output_sigma=0.9)  # fmt: skip

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        return drawn(settings("poisson", seed=92, **cls.KEYS), form(20, 300))

    @classmethod
    def geometric(cls, most):
        """Shares of 1, 2, ... most - 1, and most or more turns."""
        stay = 1 - 1 / cls.KEYS["turns_mean"]
        return np.append((1 - stay) * stay ** np.arange(most - 1), stay ** (most - 1))

    @classmethod
    def counted(cls, run):
        """(name, law, counts, shares) of every column that is counted."""
        s, _ = run
        shares = domain_shares(8, 1.2)
        klass = np.array([0.85, 0.1, 0.05])
        cells = np.multiply.outer(np.outer(shares, klass), [0.5, 0.5])
        table = np.zeros((8, 3, 2))
        np.add.at(table, (s["domain"], s["klass"], (s["difficulty"] > 0).astype(int)), 1)
        return (
            ("turns", "1 + geometric", np.bincount(np.minimum(s["turns"], 25), minlength=26)[1:], cls.geometric(25)),
            ("domains", "Zipf(1.2)", np.bincount(s["domain"], minlength=8), shares),
            ("classes", ".85, .10, .05", np.bincount(s["klass"], minlength=3), klass),
            ("users", "uniform", np.bincount(s["user"], minlength=500), np.ones(500)),
            ("domain by class by sign of z", "independent", table, cells),
        )

    @pytest.mark.parametrize("column", range(5))
    def test_counts(self, run, law, column):
        law.counts(*self.counted(run)[column])

    def test_mean_turns(self, run, law):
        law.agrees("mean turns", self.KEYS["turns_mean"], Estimate.of(run[0]["turns"]))

    def test_offered_turns(self, run, law):
        s, _ = run
        days = np.diff(s["at"][:: len(s) // 40]) / DAY_S
        turns = np.add.reduceat(s["turns"], np.arange(0, len(s) - 1, len(s) // 40))[: len(days)]
        # Both the turns and the time of a stretch of sessions vary: the error is that of their difference.
        rate = self.KEYS["rate"]
        law.agrees("offered turns", rate, Estimate.of(rate + (turns - rate * days) / days.mean()), "turns/day")

    @pytest.mark.parametrize(("column", "name"), [("difficulty", "norm"), ("audit", "uniform")])
    def test_continuous(self, run, law, column, name):
        law.fits(column, f"{name} (Kolmogorov-Smirnov)", stats.kstest(run[0][column], name).pvalue)

    def test_chunks_differ(self, run, law):
        z = run[0]["difficulty"].reshape(-1, 4096)
        law.agrees("correlation of adjacent chunks", 0.0, Estimate.of((z[:-1] * z[1:]).ravel()))

    def test_think_times(self, run, law):
        think = run[1]["think"][run[1]["think"] > 0]
        law.fits("think times", "lognormal (Kolmogorov-Smirnov)", stats.kstest(np.log(think / 60) / 0.8, "norm").pvalue)

    @pytest.mark.parametrize("tokens", [20, 148, 1000])
    def test_tokens(self, run, law, tokens):
        theory = float(stats.norm.cdf((np.log(tokens + 0.5) - 5.0) / 0.9))
        law.occurs(f"P(output ≤ {tokens} tokens)", theory, run[1]["output"] <= tokens)

    def test_figure(self, run):
        made, axes = figure(4, width=2.8, height=2.8)
        for ax, (name, theory, counts, share) in zip(axes, self.counted(run), strict=False):
            share = share / share.sum()
            ax.plot(share, label=theory)
            ax.plot(counts / counts.sum(), "o", ms=3, label="simulated")
            ax.set(xlabel=name, yscale="log" if name in ("turns", "domains", "classes") else "linear")
            if name == "users":
                ax.set(ylim=(0, 0.004))
            ax.legend(fontsize=7)
        axes[0].set(ylabel="share of sessions")
        save(made, self.FIGURE)
