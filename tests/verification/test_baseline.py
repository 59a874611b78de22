"""The baseline: a default run lives, and goes on living over seeds"""

import pandas as pd
import pytest

from scenarios.baseline import ALIVE, life, lives


class TestBaseline:
    """Entry, admissions, rejections, ejections, experiments and refinements go on through the last third of a run;
    nobody's wealth is negative; no model has all of a day's traffic.

    Broken by ideas that end, by a bar that nothing fails, by ageing switched off, and by a greedy router.
    """

    @pytest.fixture(scope="class")
    @classmethod
    def run(cls, form):
        return pd.DataFrame([life(seed) for seed in range(1, form(2, 51))])

    @pytest.mark.parametrize("event", ALIVE)
    def test_goes_on(self, run, law, event):
        least = int(run[f"last_{event}"].min())
        law.holds(f"{event} in the last third, least over {len(run)} seeds", "> 0", str(least), least > 0)

    def test_nobody_owes(self, run, law):
        least = min(run["least_wealth"].min(), run["least_balance"].min())
        law.holds("least balance, credits", ">= 0", f"{least:.3g}", least >= 0)

    def test_nobody_has_all(self, run, law):
        most = run["largest_share"].max()
        law.holds("largest share of a day's turns of one model", "< 1", f"{most:.3f}", most < 1)

    def test_all_live(self, run, law):
        alive = sum(lives(row) for _, row in run.iterrows())
        law.holds("runs that live", f"{len(run)} of {len(run)}", f"{alive} of {len(run)}", alive == len(run))
