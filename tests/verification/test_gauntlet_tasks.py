"""The tasks of the gauntlet (M9): prompts that are known, and prompts in several wordings"""

import numpy as np
import pytest

from tests.audits import location
from tests.candidates import candidate
from tests.verification.evaluations import one_evaluation
from tests.verification.figures import figure, save
from tests.verification.tasks import both_good, pass_k


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
