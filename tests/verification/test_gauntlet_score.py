"""The score of the gauntlet (M9): what it says of a model, and what luck does to it"""

import numpy as np
import pytest

from sim.response import penalised
from sim.trust.gauntlet import Evaluator
from tests.candidates import PLAIN, candidate, settings
from tests.verification.estimates import Estimate
from tests.verification.evaluations import PROMPTS, REPEATS, score_law
from tests.verification.figures import figure, save


def means(evaluator, made, models, evaluations=1) -> np.ndarray:
    """Mean scores of so many models like ``made`` in evaluations 0, 1, ...: (models, evaluations)."""
    found = np.empty((models, evaluations))
    for uid in range(1, models + 1):
        made["uid"] = uid
        found[uid - 1] = [evaluator.score(made, k).mean for k in range(evaluations)]
    return found


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
