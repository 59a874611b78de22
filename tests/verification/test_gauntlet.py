"""The gauntlet (M9): what a score says of a model, and how sure it makes the network"""

import math
from functools import cache

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad
from scipy.special import comb
from scipy.stats import norm

from sim.response import penalised
from sim.trust.evidence import Evidence
from sim.trust.gauntlet import Evaluator
from tests.audits import evidence_config, location, window
from tests.candidates import PLAIN, candidate, settings
from tests.verification.estimates import Estimate
from tests.verification.figures import figure, save
from tests.verification.tasks import both_good, pass_k

PROMPTS, REPEATS = 60, 3
VARIANTS = {
    "d": {},
    "raw": {"design_effect": False},
    "jeffreys": {"prior_good": 0.5, "prior_bad": 0.5},
    "alone": {"pool": 1e-9},
}
"""How the evidence section differs."""


def one_evaluation(made, **keys) -> np.ndarray:
    """Good outcomes (P, repeats, turns) of one large evaluation; prompts are independent of one another."""
    return Evaluator(settings(**PLAIN | dict(repeats=1, turns=1) | keys)).run(made, 0).good.astype(bool)


def scores(evaluator, made, models, evaluations=1) -> list:
    """Scores of so many models like ``made`` in evaluations 0, 1, ...: one row a model."""
    found = []
    for uid in range(1, models + 1):
        made["uid"] = uid
        found.append([evaluator.score(made, k) for k in range(evaluations)])
    return found


def means(evaluator, made, models, evaluations=1) -> np.ndarray:
    """Their mean scores (models, evaluations)."""
    return np.array([[score.mean for score in row] for row in scores(evaluator, made, models, evaluations)])


@cache
def score_law(ability: float, spread: float) -> np.ndarray:
    """Probability of 0 ... 180 good answers to 60 prompts x 3 repeats: prompts are independent, repeats share p."""
    mu = location(ability, spread)
    prompt = [comb(REPEATS, g) * pass_k(mu, spread, g, bad=REPEATS - g) for g in range(REPEATS + 1)]
    law = np.ones(1)
    for _ in range(PROMPTS):
        law = np.convolve(law, prompt)
    return law


class TestGauntletCoverage:
    """From one gauntlet of 60 prompts x 3 repeats nominal 90 % bounds cover 90 %, and the interval between them 80 %,
    once repeats of a prompt are divided by the design effect d = 1 + 2ρ (Kish, Survey Sampling, 1965); raw counts
    cover what the exact law of the score leaves between the quantiles of Beta(1 + g, 1 + 180 - g), near Φ(z_.9/√d).

    Nominal coverage is a limit. At ability .5 the skewness of counts and the prior cancel; over abilities drawn from
    the prior the prior is right on average. At a fixed ability elsewhere the uniform prior pulls both bounds towards
    1/2, so at .8 one covers .015 more and the other .01 less. That is the prior's doing: with Jeffreys' both cover 90 %
    there, and the shrinkage of d hardly matters at 60 prompts. Broken by repeats that are not one cluster.
    """

    FIGURE = "gauntlet_coverage"
    SPREADS = (2.0, 4.0, 6.0)
    MODELS = 30  # of a run

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        evaluator, found = Evaluator(settings(**PLAIN)), {}
        runs, rng = form(200, 800), np.random.default_rng(2)
        for spread in cls.SPREADS:
            for name, abilities in (("one", [0.5]), ("skew", [0.8]), ("prior", (np.arange(200) + 0.5) / 200)):
                truth = rng.choice(abilities, runs * cls.MODELS)
                made = {a: candidate(a, spread) for a in np.unique(truth)}
                found[spread, name] = cls.bounds(evaluator, made, truth, runs)
        return found

    @classmethod
    def bounds(cls, evaluator, made, truth, runs):
        """Whether the lower and the upper bound hold, (models, 2), by variant."""
        rows = []
        for uid, ability in enumerate(truth, 1):
            made[ability]["uid"] = uid
            score = evaluator.score(made[ability], 0)
            rows.append((score.good, score.bad, *score.clusters))
        rows, truth = np.array(rows).reshape(runs, cls.MODELS, 7), truth.reshape(runs, cls.MODELS)
        held = {name: [] for name in VARIANTS}
        for counts, abilities in zip(rows, truth, strict=True):
            for name, kept in held.items():
                e = Evidence(evidence_config(**VARIANTS[name]), cls.MODELS)
                for m, (good, bad, *clusters) in enumerate(counts):
                    e.add(m, good, bad, clusters)
                e.update(window(cls.MODELS), 0.0)  # all feel the network's correlation
                kept.append(np.stack([e.lower <= abilities, abilities <= e.upper], axis=1))
        return {name: np.concatenate(kept) for name, kept in held.items()}

    @staticmethod
    def raw(spread):
        """P(both bounds of raw counts hold) at ability .5, exactly: counts are whole, so the limit is .02 off."""
        g = np.arange(PROMPTS * REPEATS + 1)
        posterior = stats.beta(1 + g, 1 + g[::-1])
        return float(score_law(0.5, spread)[(posterior.ppf(0.1) <= 0.5) & (posterior.ppf(0.9) >= 0.5)].sum())

    @staticmethod
    def limit(spread):
        """Φ(z_.9/√d) at ability .5."""
        correlation = (pass_k(location(0.5, spread), spread, 2) - 0.25) / 0.25
        return float(norm.cdf(norm.ppf(0.9) / math.sqrt(1 + (REPEATS - 1) * correlation)))

    @pytest.mark.parametrize("spread", SPREADS)
    @pytest.mark.parametrize("side", [0, 1], ids=["lower", "upper"])
    def test_bounds(self, run, law, spread, side):
        for name, about in (("one", "ability .5"), ("prior", "abilities from the prior")):
            bound = ("lower", "upper")[side]
            law.occurs(f"{bound} bound holds, {about}, spread {spread:g}", 0.9, run[spread, name]["d"][:, side])

    @pytest.mark.parametrize("spread", SPREADS)
    def test_interval(self, run, law, spread):
        law.occurs(f"both bounds hold, ability .5, spread {spread:g}", 0.8, run[spread, "one"]["d"].all(axis=1))

    @pytest.mark.parametrize("spread", SPREADS)
    def test_raw_counts(self, run, law, spread):
        held = run[spread, "one"]["raw"].all(axis=1)
        law.occurs(f"both bounds hold, ability .5, spread {spread:g}, raw counts", self.raw(spread), held)

    @pytest.mark.parametrize("spread", SPREADS)
    def test_raw_counts_are_too_bold(self, run, law, spread):
        found = Estimate.of(run[spread, "one"]["raw"][:, 0])
        law.holds(f"lower bound holds, ability .5, spread {spread:g}, raw counts", "below .9",
                  f"{found.mean:.3f} ± {found.error:.2g}", found.interval()[1] < 0.9)  # fmt: skip

    @pytest.mark.parametrize("spread", SPREADS)
    @pytest.mark.parametrize("side", [0, 1], ids=["lower", "upper"])
    def test_prior_and_not_shrinkage(self, run, law, spread, side):
        about = f"{('lower', 'upper')[side]} bound holds, ability .8, spread {spread:g}"
        held = {name: held[:, side] for name, held in run[spread, "skew"].items()}
        law.occurs(f"{about}, Jeffreys' prior", 0.9, held["jeffreys"])
        moved = held["alone"].mean() - held["d"].mean()
        law.holds(f"{about}: without shrinkage, less with it", "at most .01", f"{moved:+.4f}", abs(moved) < 0.01)

    def test_figure(self, run):
        made, (left, right) = figure(2)
        fine = np.linspace(0.5, 8, 40)
        for ax, name, title in ((left, "one", "ability .5"), (right, "prior", "abilities from the prior")):
            ax.axhline(0.9, color="C0", lw=1, label="theory, design effect")
            if name == "one":
                ax.plot(fine, [self.limit(s) for s in fine], "C1", lw=1, label="Φ(z/√d), raw counts")
            for variant, colour, label in (("d", "C0", "design effect"), ("raw", "C1", "raw counts")):
                found = [Estimate.of(run[s, name][variant][:, 0]) for s in self.SPREADS]
                half = [e.interval()[1] - e.mean for e in found]
                ax.errorbar(self.SPREADS, [e.mean for e in found], half, fmt="o", ms=4, color=colour, label=label)
            ax.set(title=title, xlabel="spread", ylabel="share of models whose 90 % bound holds", ylim=(0.7, 1))
        left.legend(fontsize=8, loc="upper right")
        save(made, self.FIGURE)


class TestScore:
    """The count of good answers is the sum of 60 independent prompts, each a binomial count of 3 mixed over the task;
    its mean is the ability, or that of the class mix; the best of N independent evaluations reaches a bar with
    probability 1 - (1-p)^N, p from the exact law.

    Broken by prompts that two evaluations share, and by repeats that do not share their task.
    """

    FIGURE = "gauntlet_score"
    ABILITY, SPREAD, BAR = 0.55, 3.0, 0.6
    PENALTIES = (0.0, 1.0, 2.0)

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        return means(Evaluator(settings(**PLAIN)), candidate(cls.ABILITY, cls.SPREAD), form(2000, 20_000), 5)

    @classmethod
    def passing(cls):
        return float(score_law(cls.ABILITY, cls.SPREAD)[round(cls.BAR * PROMPTS * REPEATS) :].sum())

    def test_distribution(self, run, law):
        found = np.bincount(np.rint(run[:, 0] * PROMPTS * REPEATS).astype(int), minlength=PROMPTS * REPEATS + 1)
        law.counts("good answers of 180", "60 mixed binomials", found, score_law(self.ABILITY, self.SPREAD))

    def test_mean(self, run, law):
        law.agrees("mean score", self.ABILITY, Estimate.of(run.mean(axis=1)))

    @pytest.mark.parametrize("n", [1, 2, 5])
    def test_best_of_n(self, run, law, n):
        best = run[:, :n].max(axis=1) >= self.BAR - 1e-9
        law.occurs(f"best of {n} reaches {self.BAR}", 1 - (1 - self.passing()) ** n, best)

    def test_luck_is_not_inherited(self, run, law):
        luck = run - self.ABILITY
        law.agrees("covariance of evaluations 1 and 2", 0.0, Estimate.of(luck[:, 0] * luck[:, 1]))
        law.agrees("covariance of two models' evaluations 1", 0.0, Estimate.of(luck[::2, 0] * luck[1::2, 0]))

    def test_class_mix(self, form, law):
        e = Evaluator(settings(edge=0.1, adversarial=0.05))
        found = means(e, candidate(0.7, self.SPREAD, penalties=self.PENALTIES), form(2000, 20_000))
        theory = float(np.dot((0.85, 0.10, 0.05), [penalised(0.7, penalty) for penalty in self.PENALTIES]))
        law.agrees("mean score, 85 % plain, 10 % edge, 5 % adversarial", theory, Estimate.of(found))

    def test_figure(self, run):
        made, (left, right) = figure(2)
        possible = np.arange(PROMPTS * REPEATS + 1) / (PROMPTS * REPEATS)
        edges = np.arange(PROMPTS * REPEATS + 2) / (PROMPTS * REPEATS) - 0.5 / (PROMPTS * REPEATS)
        left.hist(run[:, 0], edges, weights=np.full(len(run), 1 / len(run)), color="0.75", label="simulated")
        left.plot(possible, score_law(self.ABILITY, self.SPREAD), label="theory")
        left.set(xlabel="score", ylabel="probability", xlim=(0.3, 0.8))
        left.legend(fontsize=8)
        n = np.arange(1, 6)
        right.plot(n, 1 - (1 - self.passing()) ** n, label="theory")
        found = [Estimate.of(run[:, :k].max(axis=1) >= self.BAR - 1e-9) for k in n]
        right.errorbar(n, [e.mean for e in found], [e.interval()[1] - e.mean for e in found], fmt="o", ms=4)
        right.set(xlabel="evaluations N", ylabel=f"P(best score ≥ {self.BAR})", ylim=(0, 1))
        save(made, self.FIGURE)


class TestFamiliarity:
    """Familiarity f lifts the success rate on known prompts from a to a + f·(1-a), and nothing else.

    Broken by a lift of unknown prompts, and by one on the logit.
    """

    FIGURE = "gauntlet_familiarity"
    ABILITY, SPREAD = 0.4, 4.0
    LEVELS = (0.0, 0.3, 0.6, 1.0)

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        count, found = form(10_000, 100_000), {}
        for f in cls.LEVELS:
            good = one_evaluation(candidate(cls.ABILITY, cls.SPREAD, familiarity=f), prompts=count, known=0.5)
            found[f] = good[: count // 2, 0, 0], good[count // 2 :, 0, 0]
        return found

    @pytest.mark.parametrize("f", LEVELS)
    def test_rates(self, run, law, f):
        known, unknown = run[f]
        lifted = self.ABILITY + f * (1 - self.ABILITY)
        if f < 1:
            law.occurs(f"good on known prompts, f = {f:g}", lifted, known)
        else:
            law.holds("good on known prompts, f = 1", "all", f"{known.mean():g}", bool(known.all()))
        law.occurs(f"good on unknown prompts, f = {f:g}", self.ABILITY, unknown)

    def test_figure(self, run):
        made, (ax,) = figure()
        f = np.array(self.LEVELS)
        for column, theory, label in ((0, self.ABILITY + f * (1 - self.ABILITY), "known"),
                                      (1, np.full(f.size, self.ABILITY), "unknown")):  # fmt: skip
            ax.plot(f, theory, f"C{column}", label=f"{label} prompts")
            ax.plot(f, [run[level][column].mean() for level in f], "o", color=f"C{column}")
        ax.set(xlabel="familiarity f", ylabel="share good", ylim=(0, 1.05), title="lines theory, points simulated")
        ax.legend(fontsize=8)
        save(made, self.FIGURE)


class TestParaphrases:
    """Repeats in different wordings are both good with the probability of two tasks whose latent difficulties correlate
    1-ϕ, ϕ the share of the task draw that a wording redraws; in one wording, pass^2, whatever ϕ.

    Broken by a wording that adds variance in place of redrawing it, and by one that repeats do not keep.
    """

    FIGURE = "gauntlet_paraphrases"
    ABILITY, SPREAD = 0.5, 4.0
    SHARES = (0.0, 0.25, 0.5, 1.0)

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        made = candidate(cls.ABILITY, cls.SPREAD)
        return {
            (share, wordings): one_evaluation(
                made, prompts=form(10_000, 100_000), repeats=2, paraphrases=wordings, paraphrase=share
            ).all(axis=(1, 2))
            for share in cls.SHARES
            for wordings in (1, 2)
        }

    @classmethod
    def theory(cls, share):
        mu = location(cls.ABILITY, cls.SPREAD)
        return both_good((mu, mu), (cls.SPREAD, cls.SPREAD), 1 - share)

    @pytest.mark.parametrize("share", SHARES)
    def test_both_good(self, run, law, share):
        mu = location(self.ABILITY, self.SPREAD)
        law.occurs(f"both wordings good, ϕ = {share:g}", self.theory(share), run[share, 2])
        law.occurs(f"one wording good twice, ϕ = {share:g}", pass_k(mu, self.SPREAD, 2), run[share, 1])

    def test_figure(self, run):
        made, (ax,) = figure()
        fine = np.linspace(0, 1, 21)
        ax.plot(fine, [self.theory(x) for x in fine], label="theory")
        ax.plot(self.SHARES, [run[x, 2].mean() for x in self.SHARES], "o", label="simulated")
        ax.set(xlabel="share ϕ that a wording redraws", ylabel="both repeats good")
        ax.legend(fontsize=8)
        save(made, self.FIGURE)


class TestTurns:
    """Turn k is not yet derailed with probability Π_{j<k} (1 - h·(c·j)^γ), c the share of the window that a turn fills,
    and its success rate is the mixture of a and a'; a drifted answer multiplies the next hazard by 1 + drift_hazard.

    Broken by a derailed repeat that recovers, and by a hazard on the first turn.
    """

    FIGURE = "gauntlet_turns"
    ABILITY, SPREAD, HAZARD, SHARE, TURNS = 0.8, 2.0, 0.5, 0.25, 5

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        made = candidate(cls.ABILITY, cls.SPREAD, hazard=cls.HAZARD)
        keys = dict(prompts=form(10_000, 100_000), turns=cls.TURNS, context_share=cls.SHARE)
        return {γ: one_evaluation(made, **keys, response__gamma=γ)[:, 0] for γ in (1.0, 2.0)}

    @classmethod
    def theory(cls, γ):
        hazard = cls.HAZARD * (cls.SHARE * np.arange(cls.TURNS)) ** γ
        whole = np.cumprod(1 - hazard)
        return whole * cls.ABILITY + (1 - whole) * float(penalised(cls.ABILITY, 1.5))

    @pytest.mark.parametrize("γ", [1.0, 2.0])
    @pytest.mark.parametrize("turn", [1, 2, 5])
    def test_success(self, run, law, γ, turn):
        law.occurs(f"turn {turn} good, γ = {γ:g}", self.theory(γ)[turn - 1], run[γ][:, turn - 1])

    @pytest.mark.parametrize("factor", [0.0, 1.0])
    def test_drift(self, form, law, factor):
        drift, hazard = 0.5, 0.4
        made = candidate(self.ABILITY, 0.0, drift=drift, hazard=hazard)
        keys = dict(prompts=form(10_000, 100_000), turns=2, context_share=1.0, response__drift_hazard=factor)
        derailed = hazard * (1 + factor * drift * self.ABILITY)
        theory = (1 - derailed) * self.ABILITY + derailed * float(penalised(self.ABILITY, 1.5))
        law.occurs(f"turn 2 good, drift_hazard {factor:g}", theory, one_evaluation(made, **keys)[:, 0, 1])

    def test_figure(self, run):
        made, (ax,) = figure()
        for colour, (γ, good) in enumerate(run.items()):
            ax.plot(np.arange(1, 6), self.theory(γ), f"C{colour}", label=f"γ = {γ:g}")
            ax.plot(np.arange(1, 6), good.mean(axis=0), "o", color=f"C{colour}")
        ax.set(xlabel="turn", ylabel="share good", title="lines theory, points simulated")
        ax.legend(fontsize=8)
        save(made, self.FIGURE)


class TestConcurrency:
    """Of requests that come at once to c exponential servers, the k-th (from 0) waits for k-c+1 departures at rate c/S:
    it is in time with the probability that an Erlang wait and an exponential service sum to at most the patience.

    Broken by a queue that is not first come, first served, and by a patience that covers only the wait.
    """

    FIGURE = "gauntlet_concurrency"
    AT_ONCE, PATIENCE = 8, 3.0  # patience in units of the mean service time

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        keys = dict(prompts=cls.AT_ONCE * form(2000, 12_000), concurrency=cls.AT_ONCE, service__noise="exponential",
                    service__patience="fixed", service__patience_s=cls.PATIENCE)  # fmt: skip
        return {c: one_evaluation(candidate(mu=np.inf, slots=c), **keys).reshape(-1, cls.AT_ONCE) for c in (1, 3)}

    @classmethod
    def theory(cls, place, slots):
        if place < slots:
            return float(stats.expon.cdf(cls.PATIENCE))
        wait = stats.gamma(place - slots + 1, scale=1 / slots)
        return quad(lambda w: wait.pdf(w) * stats.expon.cdf(cls.PATIENCE - w), 0, cls.PATIENCE)[0]

    @pytest.mark.parametrize("slots", [1, 3])
    @pytest.mark.parametrize("place", [0, 2, 3, 7])
    def test_in_time(self, run, law, slots, place):
        law.occurs(f"in time, {slots} slots, place {place}", self.theory(place, slots), run[slots][:, place])

    def test_figure(self, run):
        made, (ax,) = figure()
        places = np.arange(self.AT_ONCE)
        for colour, (slots, good) in enumerate(run.items()):
            ax.plot(places, [self.theory(k, slots) for k in places], f"C{colour}", label=f"{slots} slots")
            ax.plot(places, good.mean(axis=0), "o", color=f"C{colour}")
        ax.set(xlabel="place in the queue", ylabel="share in time", title="lines theory, points simulated")
        ax.legend(fontsize=8)
        save(made, self.FIGURE)
