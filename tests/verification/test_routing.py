"""Weighted routing: shares, and what a Poisson stream becomes when it is split."""

import numpy as np
import pytest
from scipy import stats

from sim.records import C
from tests.verification.estimates import Estimate
from tests.verification.figures import figure, save
from tests.verification.network import carry, models, settings


class TestShares:
    """A model's share of requests is its weight over the sum of weights: counts are multinomial.

    Broken by a guide table that starts past its model, by a cumulative sum that is not normalised, and by draws that
    depend on one another (the chi-square is then too large, or too small).
    """

    FIGURE = "routing_shares"
    WORLDS = (3, 30, 1000)

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        def one(count):
            weight = np.random.default_rng(count).lognormal(0, 2, count)
            weight[count // 3] = 0.0
            c, free = settings(1000, seed=count), models(count, slots=10**6)
            ready = carry(c, free, form(100, 5000), weight=weight, log=False)
            return weight / weight.sum(), ready.models[:, C.ATTEMPTS]

        return {count: one(count) for count in cls.WORLDS}

    @pytest.mark.parametrize("count", WORLDS)
    def test_shares(self, run, law, count):
        share, served = run[count]
        law.counts(f"counts of {count} models", "multinomial", served[share > 0], share[share > 0])

    @pytest.mark.parametrize("count", WORLDS)
    def test_no_weight_no_traffic(self, run, law, count):
        share, served = run[count]
        found = served[share == 0].sum()
        law.holds(f"requests at weight 0, {count} models", "0", str(found), found == 0)

    def test_figure(self, run):
        made, (ax,) = figure()
        for count, (share, served) in run.items():
            ax.loglog(share, served / served.sum(), ".", ms=4, label=f"{count} models")
        ax.loglog([1e-7, 1], [1e-7, 1], "k", lw=0.8)
        ax.set(xlabel="weight / sum of weights", ylabel="share of requests", title="line: equal", xlim=(1e-6, 1.5))
        ax.set(ylim=(1e-6, 1.5))
        ax.legend(fontsize=8)
        save(made, self.FIGURE)


class TestSplitting:
    """Bernoulli routing splits a Poisson stream into independent Poisson streams, whose queues are independent M/M/1:
    P(n₁, n₂) = ∏(1 - ρ_i)ρ_i^{n_i} (Jackson 1957).

    Broken by picks that follow the load or one another: counts in a window would be less (or more) dispersed than
    Poisson, or correlated between models, and the joint law of the queues would not be a product.
    """

    FIGURE = "routing_splitting"
    RATES = np.array([0.3, 0.5, 0.6, 0.7])
    WINDOW, SPACING = 20.0, 200.0  # s: of counts; between looks at the queues, many relaxation times

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        until = cls.SPACING * form(1000, 10_000)
        c, ticks = settings(cls.RATES.sum(), seed=7), round(until / cls.SPACING)
        return carry(c, models(4), until, weight=cls.RATES, ticks=ticks)

    @staticmethod
    def counts(run):
        """Requests by window and model."""
        window = (run.log["started"] // TestSplitting.WINDOW).astype(int)
        table = np.zeros((window.max() + 1, 4))
        np.add.at(table, (window, run.log["model"]), 1)
        return table[1:-1]

    @staticmethod
    def queues(run):
        """Requests in each model at the looks."""
        return np.array([w.queued + w.busy for w in run.windows[1:]])

    @pytest.mark.parametrize("model", range(4))
    def test_dispersion(self, run, law, model):
        n = self.counts(run)[:, model]
        index = (n - n.mean()) ** 2 / n.mean()
        law.agrees(f"variance / mean of counts, λ = {self.RATES[model]}/s", 1.0, Estimate.of(index))

    @pytest.mark.parametrize("model", range(4))
    def test_counts(self, run, law, model):
        n, mean = self.counts(run)[:, model], self.RATES[model] * self.WINDOW
        low, high = (int(stats.poisson.isf(tail, mean)) for tail in (0.999, 0.001))
        found = np.bincount(np.clip(n, low, high).astype(int) - low, minlength=high - low + 1)
        share = np.diff(np.concatenate([[0], stats.poisson.cdf(np.arange(low, high), mean), [1]]))
        law.counts(f"counts in {self.WINDOW:g} s, λ = {self.RATES[model]}/s", "Poisson", found, share)

    @pytest.mark.parametrize("pair", [(0, 1), (0, 3), (1, 2), (2, 3)])
    def test_independence(self, run, law, pair):
        n = self.counts(run)[:, pair]
        z = (n - n.mean(axis=0)) / n.std(axis=0)
        law.agrees(f"correlation of counts, models {pair[0]} and {pair[1]}", 0.0, Estimate.of(z[:, 0] * z[:, 1]))

    @pytest.mark.parametrize("pair", [(0, 1), (1, 3), (2, 3)])
    def test_product_form(self, run, law, pair):
        n, rho, most = self.queues(run)[:, pair], self.RATES[list(pair)], 6
        found = np.zeros((most, most))
        np.add.at(found, tuple(np.minimum(n, most - 1).T), 1)
        one = [np.append((1 - r) * r ** np.arange(most - 1), r ** (most - 1)) for r in rho]
        law.counts(f"joint law of the queues, ρ = {rho[0]} and {rho[1]}", "product", found, np.outer(*one))

    def test_figure(self, run):
        made, (left, right) = figure(2)
        k = np.arange(0, 30)
        for model, rate in enumerate(self.RATES):
            n = self.counts(run)[:, model].astype(int)
            left.plot(k, stats.poisson.pmf(k, rate * self.WINDOW), color=f"C{model}", label=f"λ = {rate}/s")
            left.plot(k, np.bincount(n, minlength=99)[:30] / n.size, "o", ms=4, color=f"C{model}")
            q = self.queues(run)[:, model]
            right.semilogy(k, rate**k, color=f"C{model}", label=f"ρ = {rate}")
            right.semilogy(k, [(q >= i).mean() or np.nan for i in k], "o", ms=4, color=f"C{model}")
        left.set(xlabel="requests of a model in 20 s", ylabel="probability", title="lines Poisson, points simulated")
        right.set(xlabel="n", ylabel="P(queue and service ≥ n)", title="lines ρⁿ, points simulated", ylim=(1e-4, 1.2))
        left.legend(fontsize=8)
        right.legend(fontsize=8)
        save(made, self.FIGURE)
