"""Stake (M8): what it is worth at the door, who gains by splitting it, and what failure costs it"""

import numpy as np
import pytest
from scipy import stats

from sim.trust.slashing import payout, slash
from sim.trust.stake import RULES, admission_confidence, effective, required_rate
from tests.audits import evidence_config
from tests.stakes import posterior, raised, stake_config
from tests.verification.estimates import Estimate
from tests.verification.figures import figure, save

EVIDENCE = evidence_config()
STRICTNESS = 0.58


class TestIrrelevance:
    """Where stake is given from outside, it changes nothing at σ = 0: admission confidence is confidence, bit by bit,
    in every rule that has a σ, whatever the evidence, its bound, the cap and the root.

    Broken by a rule that adds something to those with stake, or takes something from those without, beside σ.
    """

    FIGURE = "stake_rules"

    @pytest.mark.parametrize("rule", ["pseudo_count", "additive"])
    @pytest.mark.parametrize("bound", ["lower", "mean", "upper"])
    def test_no_bit(self, law, form, rule, bound):
        rng, models = np.random.default_rng(3), form(1_000, 50_000)
        view = posterior(1 + 100 * rng.random(models), 1 + 100 * rng.random(models), evidence_config(bound=bound))
        stake, owner = rng.lognormal(6, 2, models), rng.integers(0, 50, models)
        differ = 0
        for limits in ({}, {"cap": 500.0}, {"quadratic": True}):
            settings = stake_config(rule, sigma=0.0, **limits)
            counted = effective(settings, stake, owner)
            found = admission_confidence(settings, raised(view, evidence_config(bound=bound)), counted)
            differ += int((found != view.confidence).sum())
        law.holds(f"models that {rule} moves at σ = 0, {bound} bound", "0", str(differ), differ == 0)

    def test_figure(self, form):
        made, (left, right) = figure(2)
        stake = np.linspace(0, 4000, 401)
        view = posterior(np.full(stake.size, 1 + 36.0), 1 + 24.0)
        for rule in ("none", "pseudo_count", "additive", "gate"):
            settings = stake_config(rule)
            left.plot(stake, admission_confidence(settings, raised(view), stake), label=rule)
            right.plot(stake, required_rate(settings, EVIDENCE, 60, 1, STRICTNESS, stake), label=rule)
        left.set(xlabel="stake (credits)", ylabel="admission confidence", title="36 of 60 outcomes good, σ = .5")
        right.set(xlabel="stake (credits)", ylabel="rate needed of 60 outcomes", title=f"θ = {STRICTNESS}")
        left.legend(fontsize=8)
        save(made, self.FIGURE)


class TestWhatAStakeBuys:
    """A model of success rate p with n independent outcomes is admitted with the binomial probability that the good
    ones reach g*, the number at which admission confidence is θ; developers read g* off the public rules. With
    pseudo_count, θ is reached as if σ·n_c·min(1, S/S0)^η of the good outcomes were given.

    Broken by a required rate that is not the one at which admission opens, and by a stake that counts otherwise.
    """

    FIGURE = "stake_admission"
    N, RATES = 60, (0.5, 0.58, 0.66)
    STAKES = (0.0, 125.0, 500.0, 2000.0)

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        rng, models, found = np.random.default_rng(8), form(2_000, 50_000), {}
        for p in cls.RATES:
            good = rng.binomial(cls.N, p, models)
            view = posterior(1.0 + good, 1.0 + cls.N - good)
            for stake in cls.STAKES:
                trusted = admission_confidence(stake_config(), raised(view), np.full(models, stake))
                found[p, stake] = trusted >= STRICTNESS
        return found

    @classmethod
    def theory(cls, p, stake):
        """By the Beta distribution alone: Beta(1 + 20·√(S/2000) + g, 1 + n - g) has its .1-quantile at θ or above."""
        good, given = np.arange(cls.N + 1), 20 * np.sqrt(stake / 2000)
        enough = stats.beta.cdf(STRICTNESS, 1 + given + good, 1 + cls.N - good) <= 0.1
        return float(stats.binom.pmf(good, cls.N, p)[enough].sum())

    @pytest.mark.parametrize("p", RATES)
    @pytest.mark.parametrize("stake", STAKES)
    def test_admitted(self, run, law, p, stake):
        law.occurs(f"admitted at rate {p}, stake {stake:g}", self.theory(p, stake), run[p, stake])

    @pytest.mark.parametrize("stake", STAKES)
    def test_what_developers_expect(self, run, law, stake):
        rate = required_rate(stake_config(), EVIDENCE, self.N, 1.0, STRICTNESS, stake)
        needed = int(np.ceil(rate * (self.N + 2) - 1 - 1e-9))
        off = max(abs(stats.binom.sf(needed - 1, self.N, p) - self.theory(p, stake)) for p in self.RATES)
        law.holds(f"chance of {needed} good of {self.N} less that of admission, stake {stake:g}", "0", f"{off:.0e}",
                  off < 1e-12)  # fmt: skip

    def test_figure(self, run):
        made, (ax,) = figure()
        fine = np.linspace(0, 2500, 101)
        for colour, p in enumerate(self.RATES):
            ax.plot(fine, [self.theory(p, min(s, 2000)) for s in fine], f"C{colour}", label=f"rate {p}")
            ax.plot(self.STAKES, [run[p, s].mean() for s in self.STAKES], f"C{colour}o")
        ax.set(xlabel="stake (credits)", ylabel="chance of admission", title="lines theory, points simulated")
        ax.legend(fontsize=8)
        save(made, self.FIGURE)


class TestSplitting:
    """A purse S ≤ S0 that is split over k identities buys k^(1-η) times the pseudo-counts in all: η = 1 is neutral,
    below it splitting pays, above it costs. The root √(S·S0) halves η; a cap on a developer is no cap on its names.

    Broken by stake that is counted by its rank or its presence instead of its amount.
    """

    FIGURE = "stake_splitting"
    ETAS = (0.25, 0.5, 1.0, 2.0)

    @staticmethod
    def total(identities, eta, quadratic=False, cap=0.0):
        settings, bought = stake_config(eta=eta, quadratic=quadratic, cap=cap), []
        each = effective(settings, np.full(identities, 1600.0 / identities), np.arange(identities))
        RULES["pseudo_count"](lambda good: bought.append(good), each, settings)
        return float(np.sum(bought))

    @pytest.mark.parametrize("eta", ETAS)
    @pytest.mark.parametrize("quadratic", [False, True])
    def test_gain(self, law, form, eta, quadratic):
        power = 1 - (eta / 2 if quadratic else eta)
        names = range(1, form(50, 2_000))
        alone = self.total(1, eta, quadratic)
        off = max(abs(self.total(k, eta, quadratic) / alone / k**power - 1) for k in names)
        what = f"pseudo-counts in all over k names, η = {eta:g}{', root' if quadratic else ''}"
        law.holds(what, f"∝ k^{power:g}", f"off by {off:.0e}", off < 1e-12)

    def test_cap(self, law, form):
        """One name counts for 400 of 1,600 credits, four for all of them; more find no more to count."""
        found = [self.total(k, 1.0, cap=400.0) for k in (1, 2, 4, 8)]
        law.holds("pseudo-counts over 1, 2, 4, 8 names, cap a quarter", "4, 8, 16, 16", str(np.round(found, 9)),
                  bool(np.allclose(found, [4, 8, 16, 16])))  # fmt: skip

    def test_figure(self, form):
        made, (ax,) = figure()
        names = np.arange(1, 33)
        for eta in self.ETAS:
            ax.loglog(names, [self.total(k, eta) / self.total(1, eta) for k in names], label=f"η = {eta:g}")
        ax.set(xlabel="identities", ylabel="pseudo-counts in all, over those of one", title="a purse of .8·S0")
        ax.legend(fontsize=8)
        save(made, self.FIGURE)


class TestCorrelatedSlashing:
    """Of n equal stakes K fail together. A fixed slash burns K/n times its share, however many fail; Ethereum's burns
    K/n·min(1, 3·K/n), so where each fails with chance q on its own the loss is about 3q² and not q, and a common cause
    that strikes all of them takes everything.

    Broken by a correlated share of what is burned in place of what is struck, and by a share that leaves out one's own.
    """

    FIGURE = "stake_slashing"
    MODELS, CHANCE = 100, 0.05

    @classmethod
    def burned(cls, rule, struck):
        settings, stake = stake_config(slashing=rule, fraction=1.0), np.full(struck.size, 10**9)
        return slash(settings, stake, struck).sum() / stake.sum()

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        """Share burned of all stake, by rule and by whether failures are independent or all have one cause."""
        rng, worlds = np.random.default_rng(6), form(2_000, 40_000)
        alone = rng.random((worlds, cls.MODELS)) < cls.CHANCE
        together = np.repeat(rng.random((worlds, 1)) < cls.CHANCE, cls.MODELS, axis=1)
        return {
            (rule, cause): [cls.burned(rule, struck) for struck in failed]
            for rule in ("fixed", "ethereum")
            for cause, failed in (("own", alone), ("common", together))
        }

    @classmethod
    def theory(cls, rule, cause):
        k = np.arange(cls.MODELS + 1)
        share = k / cls.MODELS * (np.minimum(1, 3 * k / cls.MODELS) if rule == "ethereum" else 1)
        chance = stats.binom.pmf(k, cls.MODELS, cls.CHANCE) if cause == "own" else np.where(k == 100, cls.CHANCE, 0)
        return float(share @ chance)

    @pytest.mark.parametrize("rule", ["fixed", "ethereum"])
    @pytest.mark.parametrize("cause", ["own", "common"])
    def test_expected_loss(self, run, law, rule, cause):
        law.agrees(f"share of all stake burned, {rule}, {cause} cause", self.theory(rule, cause),
                   Estimate.of(run[rule, cause]))  # fmt: skip

    def test_figure(self, form):
        made, (ax,) = figure()
        k = np.arange(1, self.MODELS + 1)
        for rule in ("fixed", "ethereum"):
            lost = [self.burned(rule, np.arange(self.MODELS) < n) * self.MODELS / n for n in k]
            ax.plot(k / self.MODELS, lost, label=rule)
        ax.set(xlabel="share of all stake that fails together", ylabel="share lost of each of these")
        ax.legend()
        save(made, self.FIGURE)


class TestNumeraiBudget:
    """Scores are confidence above the mean of the admitted, so with equal stakes within the clip what is paid is what
    is burned: the treasury neither gains nor loses but for rounding. Where stake goes with confidence it pays
    n·Cov(S, C) a tick.

    Broken by a mean over others than the admitted, and by rounding that favours one side.
    """

    def test_equal_stakes(self, law, form):
        rng, models = np.random.default_rng(4), form(200, 5_000)
        paid = payout(stake_config(slashing="numerai"), np.full(models, 10**9), 0.5 + 0.05 * rng.random(models),
                      np.ones(models, bool))  # fmt: skip
        law.holds("net payout a model, of 10⁹", "0 ± 1", f"{paid.sum() / models:.2g}", abs(paid.sum()) <= models)

    def test_stake_that_goes_with_confidence(self, law, form):
        rng, models = np.random.default_rng(5), form(200, 5_000)
        confidence = 0.5 + 0.05 * rng.random(models)
        stake = (10**9 * (confidence + 0.1 * rng.random(models))).astype(np.int64)
        paid = payout(stake_config(slashing="numerai"), stake, confidence, np.ones(models, bool))
        theory = models * np.cov(stake, confidence, bias=True)[0, 1]
        law.holds("net payout over n·Cov(S, C)", "1", f"{paid.sum() / theory:.9g}", abs(paid.sum() - theory) <= models)
