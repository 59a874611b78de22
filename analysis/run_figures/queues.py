"""Where load waits: requests in queues and slots in use, seen at each tick."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.run import Run
from analysis.run_figures.clock import Clock
from analysis.style import BLUE, GREEN, GREY, ORANGE, THOUSANDS, VERMILION, label_right, panels

TITLE = "Requests waiting and slots in use at each tick"
_COLOURS = (VERMILION, ORANGE, GREEN)


def draw(run: Run) -> Figure:
    """All waiting requests and the longest queues above, busy slots and those of the models asked below."""
    timeline = run.table("timeline", ["day", "queued", "busy_slots"]).set_index("day")
    clock = Clock.of(run, float(timeline.index[-1]))
    time = timeline.index * clock.per_day
    figure, (above, below) = panels(2, 3.0, [1.2, 1])
    mark = {"lw": 0.8, "marker": "." if len(time) == 1 else None, "clip_on": len(time) > 1}
    lines = [("all queues", GREY, timeline["queued"])]
    longest = _longest(run, timeline.index)
    lines += [(name, colour, queue) for colour, (name, queue) in zip(_COLOURS, longest, strict=False)]
    above.fill_between(time, timeline["queued"], color="0.85", lw=0)
    for _, colour, queue in lines:
        above.plot(time, queue, color=colour, **mark)
    above.set_ylim(0, timeline["queued"].max() * 1.08 or 1.0)
    above.set_ylabel("waiting requests")
    label_right(above, [queue.iloc[-1] for *_, queue in lines], [name for name, *_ in lines], [c for _, c, _ in lines])
    slots = _slots(run, timeline.index)
    below.plot(time, slots, color=GREY, **{**mark, "lw": 0.6})
    below.plot(time, timeline["busy_slots"], color=BLUE, **mark)
    below.set_ylim(0, max(slots.max(), timeline["busy_slots"].max()) * 1.08 or 1.0)
    below.set_ylabel("slots")
    label_right(below, [slots.iloc[-1], timeline["busy_slots"].iloc[-1]], ["of models\nin use", "busy"], [GREY, BLUE])
    for axes in (above, below):
        axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10], integer=True))
        axes.yaxis.set_major_formatter(THOUSANDS)
    clock.dress([above, below])
    return figure


def _slots(run: Run, days: pd.Index) -> pd.Series:
    """Slots, as of the end of the run, of the models that were asked in each window: models come and go."""
    slots = run.table("models", ["model", "slots"]).set_index("model")["slots"]
    asked = run.table("standings", ["day", "model"])
    return asked["model"].map(slots).groupby(asked["day"]).sum().reindex(days, fill_value=0)


def _longest(run: Run, days: pd.Index) -> list[tuple[str, pd.Series]]:
    """(name, length at each of ``days``) of the queues that were longest at any tick, longest first."""
    rows = run.table("standings", ["day", "model", "queued"])
    rows = rows[rows["queued"] > 0]
    longest = rows.groupby("model")["queued"].max().sort_values(ascending=False, kind="stable").head(len(_COLOURS))
    models = run.table("models", ["model", "developer", "domain"])
    house = models[models["developer"] < 0].set_index("model")["domain"]
    names = [f"house {house[m]}" if m in house.index else f"model {m}" for m in longest.index]
    queues = (rows[rows["model"] == m].set_index("day")["queued"].reindex(days, fill_value=0) for m in longest.index)
    return list(zip(names, queues, strict=True))
