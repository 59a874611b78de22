"""How settings are judged: when one meets a constraint, when fresh worlds are sure of it, and that it is said."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from analysis.page.chart import Chart
from analysis.report.tuning import report
from analysis.tuning import Tuning
from analysis.tuning_figures import front, importance
from analysis.tuning_pages.page import page
from analysis.tuning_told import GAINS, MET, NOT_MET, SAME, UNCLEAR, beside
from scenarios.tune.fresh import Again, Candidate
from scenarios.tune.hypervolume import Scale
from scenarios.tune.judging import MEAN, Judge
from scenarios.tune.objectives import Aim, Constraint, Objective
from tests.tunings import PLANTED, attempt

HALVED = Constraint("hhi", False, 0.5, True, Judge(MEAN))
"""Half of what the default has, at most."""


def in_worlds(measure: str, *values: float) -> dict[str, np.ndarray]:
    return {measure: np.array(values)}


@pytest.mark.parametrize(("value", "met"), [(0.10, True), (0.11, False)])
def test_a_bound_of_the_default_moves_with_it(value, met):
    assert (HALVED.violation(in_worlds("hhi", value), in_worlds("hhi", 0.2)) <= 0) == met


@pytest.mark.parametrize("default", [50.0, -50.0])
@pytest.mark.parametrize(("lost", "met"), [(0.5, True), (1.5, False)])
def test_a_share_of_the_default_may_be_lost_whatever_its_sign(default, lost, met):
    kept = Constraint("welfare", True, 0.98, True, Judge(MEAN))
    assert (kept.violation(in_worlds("welfare", default - lost), in_worlds("welfare", default)) <= 0) == met


@pytest.mark.parametrize(
    ("spread", "centre", "said"),
    [(0.001, 0.09, MET), (0.001, 0.11, NOT_MET), (0.05, 0.09, UNCLEAR), (0.05, 0.11, UNCLEAR), (0.0, np.nan, UNCLEAR)],
)
def test_fresh_worlds_are_sure_of_a_constraint_where_its_interval_is(spread, centre, said):
    tried = in_worlds("hhi", *(centre + spread * np.array([-1, 1, -1, 1])))
    aim = Aim((Objective("hhi", False, "most open", Judge(MEAN)),), (HALVED,))
    candidates = [Candidate("default", "", None), Candidate("tuned 1", "tuned", None)]
    again = Again(aim, candidates, [in_worlds("hhi", *[0.2] * 4), tried])
    assert again.met(1) == said
    assert again.met(0) == NOT_MET


def test_an_interval_of_a_volume_ends_at_0_and_that_of_a_difference_does_not():
    aim = Aim((Objective("hhi", False, "most open", Judge(MEAN)),), ())
    candidates = [Candidate("default", "", None), Candidate("tuned 1", "tuned", None)]
    again = Again(aim, candidates, [in_worlds("hhi", 1.4, 1.4, 0.2, 0.6), in_worlds("hhi", 0.9, 1.0, 0.4, 1.2)])
    scale = Scale(np.zeros(1), np.ones(1))
    alone, less = again.volume(scale, [0]), again.volume(scale, [0], [1])
    assert alone.low == 0 < alone.estimate < alone.high
    assert less.low < 0 < less.high
    assert less.estimate == alone.estimate - again.volume(scale, [1]).estimate


COLUMNS = ("measure", "across", "better", "gain", "gain_low", "gain_high", "verdict")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("hhi", "mean", "less", 0.1, 0.05, 0.15, GAINS), "gains: `hhi` (mean) lower by 0.1 [0.05, 0.15], 50 %"),
        (("hhi", "mean", "less", 0.1, -0.1, 0.3, SAME), "`hhi` (mean: -0.1 [-0.3, +0.1])"),
        (("hhi", "mean", "more", 0.1, -0.1, 0.3, SAME), "`hhi` (mean: +0.1 [-0.1, +0.3])"),
    ],
)
def test_what_is_told_beside_the_default_is_higher_or_lower_of_what_is_judged(row, said):
    assert said in beside(pd.DataFrame([row], columns=COLUMNS), {"hhi": 0.2})


def test_whatever_names_an_objective_says_how_worlds_are_taken_together(tmp_path):
    text = PLANTED.replace("trials: 60", "trials: 10").replace("batch: 20", "batch: 10")
    text = text.replace("up,", "up, judge: regret,").replace("down,", "down, judge: {cvar: 0.125},")
    (tmp_path / "mine.yaml").write_text(text)
    attempt(tmp_path / "mine.yaml", tmp_path / "out")
    tuning = Tuning.read(tmp_path / "out")
    rate, hhi = "largest regret over worlds", "mean of the worst 12.5% of worlds"
    said = dict(zip(tuning.front["measure"], tuning.front["across"], strict=True))
    assert said == {"success_rate": rate, "hhi": hhi}
    assert _seen(front.draw(tuning)) >= {
        f"success_rate (share of ended turns), {rate}, less is better", f"hhi, {hhi}, less is better",
    }  # fmt: skip
    assert _seen(importance.draw(tuning)) >= {"all objectives", f"success_rate, {rate}", f"hhi, {hhi}"}
    charts = [block for section in report(tuning).sections for block in section.blocks if isinstance(block, Chart)]
    panels = {panel.measure: panel for chart in charts for panel in chart.panels}
    assert panels.keys() >= {f"success_rate, {rate}", f"importance for hhi, {hhi}"}
    assert [panel.x for panel in charts[0].panels] == [f"success_rate, {rate} (share of ended turns)"]
    told = page(tuning, {})
    assert f"| `hhi`, {hhi} [95 %] |" in told and f"`hhi` ({hhi}" in told


def _seen(figure) -> set[str]:
    """The texts of a figure, each on one line."""
    return {" ".join(text.get_text().split()) for text in figure.findobj(Text)}
