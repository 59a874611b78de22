"""Dispatch by load: the power of two choices, and joining the shortest queue."""

import numpy as np
import pytest

from tests.verification.erlang import erlang_c
from tests.verification.estimates import Estimate
from tests.verification.figures import figure, save
from tests.verification.network import carry, models, settings


def tail(counters, most: int) -> np.ndarray:
    """Share of models with at least 0, 1, ... ``most`` requests."""
    n = counters.queued + counters.busy
    return np.array([(n >= i).mean() for i in range(most + 1)])


class TestPowerOfTwo:
    """Many queues at load λ each: random choice leaves a share λ^i with at least i requests, the better of two random
    choices only λ^(2^i - 1) (Vvedenskaya, Dobrushin and Karpelevich 1996; Mitzenmacher 2001).

    Exact in the limit of many models; with m of them the shares are off by O(1/m). Broken by a load that leaves out
    those in service or those waiting, by two picks that are one, and by keeping the worse.
    """

    FIGURE = "dispatch_power_of_two"
    LOADS, MOST = (0.7, 0.9), 5

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        def one(dispatch, load, seed, many, warmup, looks, spacing):
            ticks = round(warmup / spacing) + looks
            c = settings(load * many, seed=seed, router__dispatch=dispatch)
            ready = carry(c, models(many), ticks * spacing, ticks=ticks, log=False)
            return np.mean([tail(w, 40) for w in ready.windows[-looks:]], axis=0)

        two = form((2000, 40.0, 5, 5.0), (10_000, 60.0, 8, 5.0))
        free = form((100, 1000.0, 4, 250.0), (200, 2500.0, 10, 250.0))
        return {(dispatch, load): np.array([one(dispatch, load, 100 * k + s, *size) for s in range(form(5, 12))])
                for k, (dispatch, size) in enumerate((("power_of_two", two), ("weighted", free)))
                for load in cls.LOADS}  # fmt: skip

    @pytest.mark.parametrize("load", LOADS)
    @pytest.mark.parametrize("i", range(1, 5))
    def test_two_choices(self, run, law, load, i):
        shares = Estimate.of(run["power_of_two", load][:, i])
        law.agrees(f"P(n ≥ {i}), two choices, λ = {load}", load ** (2**i - 1), shares)

    @pytest.mark.parametrize("load", LOADS)
    @pytest.mark.parametrize("i", (1, 2, 4, 8))
    def test_one_choice(self, run, law, load, i):
        law.agrees(f"P(n ≥ {i}), one choice, λ = {load}", load**i, Estimate.of(run["weighted", load][:, i]))

    def test_figure(self, run):
        made, (ax,) = figure()
        i = np.arange(0, 26)
        for load, colour in zip(self.LOADS, ("C0", "C1"), strict=True):
            for dispatch, theory, style in (("weighted", load**i, "s"), ("power_of_two", load ** (2.0**i - 1), "o")):
                ax.semilogy(i, theory, "-" if style == "o" else "--", color=colour)
                found = run[dispatch, load].mean(axis=0)[:26]
                ax.semilogy(i[found > 0], found[found > 0], style, ms=5, color=colour, fillstyle="none",
                            label=f"{'two choices' if style == 'o' else 'one choice'}, λ = {load}")  # fmt: skip
        ax.set(xlabel="i", ylabel="share of models with ≥ i requests", ylim=(1e-6, 1.3))
        ax.set(title="lines theory, marks simulated")
        ax.legend(fontsize=8)
        save(made, self.FIGURE)


class TestShortestQueue:
    """The same requests wait least behind one common queue (M/M/c), longer at the least busy of c models, longer at the
    better of two, longest at a random one: Erlang C ≤ shortest queue ≤ two choices ≤ M/M/1 (Winston 1977).

    Paired: each replication sends the same sessions, with the same services, through all three. Broken by a tournament
    that names anyone but the least busy, or by a load that is not kept up to date.
    """

    FIGURE = "dispatch_shortest_queue"
    MODELS, LOADS, RULES = 10, (0.5, 0.8, 0.95), ("least_busy", "power_of_two", "weighted")

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        def one(seed, load, rule):
            until = form(600, 5e3) / (1 - load)
            c = settings(load * cls.MODELS, seed=seed, router__dispatch=rule)
            # One uid: a request draws the same service time wherever it goes.
            return carry(c, models(cls.MODELS, uid=1), until, drain_s=1e4).after(until / 10)["waited"].mean()

        return {(load, rule): np.array([one(100 * k + s, load, rule) for s in range(form(6, 12))])
                for k, load in enumerate(cls.LOADS) for rule in cls.RULES}  # fmt: skip

    @pytest.mark.parametrize("load", LOADS)
    @pytest.mark.parametrize(("better", "worse"), [RULES[:2], RULES[1:]])
    def test_order(self, run, law, load, better, worse):
        gain = Estimate.of(run[load, worse] - run[load, better])
        found = f"{gain.mean:.4f} ± {gain.error:.2g} s"
        law.holds(f"mean wait, {worse} less {better}, λ = {load}", "> 0 s", found, gain.interval()[0] > 0)

    @pytest.mark.parametrize("load", LOADS)
    def test_one_queue_is_a_lower_bound(self, run, law, load):
        bound = erlang_c(self.MODELS, load * self.MODELS) / (self.MODELS * (1 - load))
        wait = Estimate.of(run[load, "least_busy"])
        theory, found = f"> {bound:.4f} s (M/M/{self.MODELS})", f"{wait.mean:.4f} ± {wait.error:.2g} s"
        law.holds(f"mean wait, least_busy, λ = {load}", theory, found, wait.interval()[1] > bound)

    @pytest.mark.parametrize("load", LOADS)
    def test_random_is_mm1(self, run, law, load):
        law.agrees(f"mean wait, weighted, λ = {load}", load / (1 - load), Estimate.of(run[load, "weighted"]), "s")

    def test_figure(self, run):
        made, (ax,) = figure()
        fine = np.linspace(0.3, 0.96, 100)
        ax.semilogy(fine, fine / (1 - fine), "k", lw=0.8, label="theory: M/M/1, M/M/10")
        ax.semilogy(fine, [erlang_c(10, 10 * x) / (10 * (1 - x)) for x in fine], "k", lw=0.8)
        for rule, style in zip(self.RULES, ("o-", "s-", "^-"), strict=True):
            ax.semilogy(self.LOADS, [run[load, rule].mean() for load in self.LOADS], style, label=rule)
        ax.set(xlabel="load λ of each of 10 models", ylabel="mean wait (s)", title="every rule between two theories")
        ax.legend(fontsize=8)
        save(made, self.FIGURE)
