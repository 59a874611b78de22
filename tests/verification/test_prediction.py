"""The response against real repeated trials: fitted to the first trials of each task, it must predict the later ones.

The page `reliability.md` and its figure are left beside the plots; `docs/reliability.md` is a copy of it.
"""

import pytest
from scipy.stats import binom

from analysis.calibration.figure import TITLE, draw_prediction
from analysis.calibration.prediction import predict, predict_in_sample
from analysis.calibration.trials import read_trials
from analysis.style import rendered, styled
from tests.demands import real_data
from tests.verification.figures import folder

PAGE = """# Does the response describe real systems?

The response says that a task's success rate is sigmoid(μ + s·z), z ~ N(0, 1), so that pass^k, the chance that k
trials of a task all succeed, is E[sigmoid(μ + s·z)^k]. Here (μ, s) of each system is fitted by maximum likelihood
to the *first* trials of each task; pass^k of all trials is then predicted beyond them. The interval is that in
which the observed value should fall 95 % of the time. *Independent* is (pass^1)^k from the same first trials: what
follows if every trial of every task is a fresh coin.

Data: terminal-bench-core 0.1.1 leaderboard logs (6 agents, 80 tasks, 5 trials) and tau-bench's historical
trajectories (gpt-4o, airline, 50 tasks, 4 trials). Mean error of pass^5 from three trials: **{error:.3f}**; of
independence: **{independent:.3f}**. {inside} of the {count} observed values at the largest k lie inside their
intervals.

Outside are {outside}. With right intervals, {misses} or more of {count} would lie outside
with probability {chance:.3f}: a warning, though no proof. Both were predicted too high, and both
spreads rest on few tasks: in the first three trials only 8 and 4 of 80 tasks had mixed results, so they came out as
11.5 and 23.4, where all five trials give 7.0 and 10.8. At such spreads pass^k hardly depends on the spread, and an
interval to first order around the fit is narrow. Of simulated systems with the spreads of all five trials, 95 % fall
into their intervals, but of those whose fitted spread comes out as far off, only about three in four; the others are
predicted too high. So an interval at a fitted spread above 10 is too narrow. Seven systems cannot tell whether the
normal law of tasks is also a little wrong there.

| system | fitted trials | k | observed | predicted | interval | independent |
|---|---|---|---|---|---|---|
{rows}

The same for the later trials alone, which the fit has not seen at all:

| system | fitted trials | k | observed | predicted | interval | independent |
|---|---|---|---|---|---|---|
{later}

Of {systems} more systems (LiveCodeBench, CRUXEval) only counts are known. Fitted to all their trials and judged in
sample, pass^k at the largest k is off by {counted:.4f} on average, independence by {counted_independent:.3f}.

![pass^k observed and predicted](figures/verification/reliability_prediction.png)

Rendered by `turnstile verify` from the trials that `TURNSTILE_DATA` holds.
"""


@pytest.fixture(scope="module")
def table():
    return predict(read_trials(real_data("repeated_trials.csv.gz")))


def last(table, judged):
    """The rows at each model's largest k."""
    rows = table[table["judged"] == judged]
    return rows[rows["k"] == rows.groupby("model")["k"].transform("max")]


class TestFirstTrialsPredictLaterOnes:
    """pass^k = E[sigmoid(μ + s·z)^k]: fitted to the first trials of each task, it predicts pass^k of real systems
    beyond them (mean error of pass^5 below .03), where independent trials are off by far more. A response whose tasks
    were all alike, or whose trials were independent, would break it.
    """

    FIGURE = "reliability_prediction"

    def test_pass_5_from_three_trials(self, table, law):
        five = table[(table["judged"] == "all") & (table["k"] == 5) & (table["first"] == 3)]
        error = (five["observed"] - five["predicted"]).abs().mean()
        independent = (five["observed"] - five["independent"]).abs().mean()
        law.holds("mean error of pass^5 from three trials", "< .03", f"{error:.3f}", error < 0.03)
        law.holds("the same, of independence", "> 5 times as much", f"{independent:.3f}", independent > 5 * error)

    @pytest.mark.long
    def test_page(self, table):
        five = table[(table["judged"] == "all") & (table["k"] == 5)]
        best = last(table, "all")
        outside = best["model"][~best["observed"].between(best["low"], best["high"])].str.rpartition("/")[2]
        counts = read_trials(real_data("repeated_counts.csv.gz")).counts
        counted = last(predict_in_sample(counts[~counts["model"].isin(table["model"])]), "in sample")
        with styled():
            drawn = rendered(draw_prediction(table), TITLE, "the trials that TURNSTILE_DATA holds")
        (folder() / "reliability_prediction.png").write_bytes(drawn[".png"])
        page = PAGE.format(
            error=(five["observed"] - five["predicted"]).abs().mean(),
            independent=(five["observed"] - five["independent"]).abs().mean(),
            inside=int(best["observed"].between(best["low"], best["high"]).sum()),
            count=len(best),
            outside=" and ".join(outside),
            misses=len(outside),
            chance=binom.sf(len(outside) - 1, len(best), 0.05),
            systems=len(counted),
            counted=(counted["observed"] - counted["predicted"]).abs().mean(),
            counted_independent=(counted["observed"] - counted["independent"]).abs().mean(),
            rows="\n".join(map(row, best.itertuples())),
            later="\n".join(map(row, last(table, "later").itertuples())),
        )
        (folder() / "reliability.md").write_text(page, encoding="utf-8")


def row(r) -> str:
    numbers = f"{r.observed:.3f} | {r.predicted:.3f} | {r.low:.3f} to {r.high:.3f} | {r.independent:.3f}"
    return f"| {r.model} | {r.first} | {r.k} | {numbers} |"
