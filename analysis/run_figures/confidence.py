"""Whom the network trusts, and on how much evidence: the models with most turns after warm-up, over time."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.run import Run
from analysis.run_figures.clock import Clock
from analysis.style import CYCLE, GREY, SMALL_PT, THOUSANDS, label_right, panels, say

TITLE = "Confidence and effective evidence of the models with most turns after warm-up"
LEADING = len(CYCLE)


def draw(run: Run) -> Figure:
    """Confidence with the strictness θ above, effective evidence below; a line is bold while its model is admitted.

    A model that nobody asked in a window has no standing there; its line keeps the last one known, and ends with it
    where the model was retired or rejected.
    """
    timeline = run.table("timeline", ["day", "strictness"])
    days = timeline["day"]
    clock = Clock.of(run, float(days.iloc[-1]))
    figure, (above, below) = panels(2, 3.3, [1.3, 1])
    # A window's admissions go by the strictness at its end.
    time, strictness = np.append(0.0, days) * clock.per_day, timeline["strictness"].to_numpy()
    above.plot(time, np.append(strictness[0], strictness), color="black", lw=0.6, ls=(0, (4, 2)), drawstyle="steps-pre")
    θ = strictness[-1]
    standings = _leading(run)
    ends, names = [], []
    for colour, (model, final, rows) in zip(CYCLE, standings, strict=False):
        if final not in ("retired", "rejected"):
            rows = pd.concat([rows, rows.tail(1).assign(day=clock.end_day)])  # what it was last, it still is
        time = rows["day"].to_numpy() * clock.per_day
        admitted = np.where(rows["status"] == "admitted", 1.0, np.nan)
        for axes, column in ((above, "confidence"), (below, "evidence_effective")):
            values = rows[column].where(rows[column] > 0).to_numpy()  # no evidence has no place on a logarithmic axis
            thin = {"lw": 0.6, "marker": "." if len(days) == 1 else None, "clip_on": len(days) > 1}
            axes.plot(time, values, color=colour, drawstyle="steps-post", **thin)
            axes.plot(time, values * admitted, color=colour, drawstyle="steps-post", lw=1.6)
        ends.append(rows[["confidence", "evidence_effective"]].iloc[-1].to_numpy())
        names.append(f"model {model}")
    above.set_ylabel("confidence")
    below.set_ylabel("effective evidence\n(independent turns)")
    if ends:
        known = np.array([rows["evidence_effective"].max() for *_, rows in standings])
        if (known > 0).any():
            below.set_yscale("log")
            below.set_ylim(bottom=0.8, top=max(10.0, known.max() * 1.6))
        below.yaxis.set_major_formatter(THOUSANDS)
        above.margins(y=0.08)
        label_right(above, [θ, *(c for c, _ in ends)], ["strictness θ", *names], ["black", *CYCLE[: len(ends)]])
        label_right(below, [max(e, 0.8) for _, e in ends], names, CYCLE[: len(ends)])
        above.text(1, 1.01, "bold: admitted", transform=above.transAxes, ha="right", va="bottom", color=GREY,
                   fontsize=SMALL_PT)  # fmt: skip
    else:
        label_right(above, [θ], ["strictness θ"], ["black"])
        say(above, "no turn went to a developer's model")
        say(below, "no turn went to a developer's model")
    clock.dress([above, below])
    return figure


def _leading(run: Run) -> list[tuple[int, str, pd.DataFrame]]:
    """(model, final status, its standings) of the developers' models with most turns after warm-up, most first."""
    models = run.table("models", ["model", "developer", "status", "turns", "turns_after_warmup"])
    models = models[(models["developer"] >= 0) & (models["turns"] > 0)]
    order = ["turns_after_warmup", "turns", "model"]
    models = models.sort_values(order, ascending=[False, False, True]).head(LEADING)
    chosen = models["model"].tolist()
    if not chosen:
        return []
    columns = ["day", "model", "status", "confidence", "evidence_effective"]
    rows = run.table("standings", columns)
    return [(m, final, rows[rows["model"] == m]) for m, final in zip(chosen, models["status"], strict=True)]
