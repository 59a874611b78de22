"""Projects: what developers choose to build, and who dares an experiment."""

import math

import numpy as np

from analysis.measure import measure
from analysis.run import Run

_KINDS = ("refine", "fork", "experiment", "harden", "data")
_THOSE = {
    "": ("", "developers"),
    "_poorest": ("by developers of tier 1", "developers[developers.tier == 1]"),
    "_richest": ("by developers of tier 5", "developers[developers.tier == 5]"),
    "_incumbents": ("by developers of the start", "developers[developers.arrived_day == 0]"),
    "_entrants": ("by developers who came later", "developers[developers.arrived_day > 0]"),
}
"""Ending of a measure's name → (whom it is about, the same in pandas)."""


def _of(run: Run, ending: str) -> np.ndarray:
    developers = run["developers"]
    tier, arrived = developers["tier"], developers["arrived_day"]
    return {
        "": np.ones(len(tier), bool),
        "_poorest": tier == 1,
        "_richest": tier == 5,
        "_incumbents": arrived == 0,
        "_entrants": arrived > 0,
    }[ending]


def _share(run: Run, kind: str, ending: str) -> float:
    those, developers = _of(run, ending), run["developers"]
    begun = {name: int(developers[f"started_{name}"][those].sum()) for name in _KINDS}
    return begun[kind] / sum(begun.values()) if any(begun.values()) else math.nan


def _register(kind: str, ending: str) -> None:
    whom, rows = _THOSE[ending]

    def function(run: Run) -> float:
        return _share(run, kind, ending)

    function.__name__ = f"{kind}_share{ending}"
    function.__doc__ = f"Share of projects that are of kind {kind}" + (f", {whom}" if whom else "")
    measure(
        unit="share of projects",
        formula=f"Σ started_{kind} / Σ (started_{' + started_'.join(_KINDS)}) over developers",
        within=(0.0, 1.0),
        source="Turnstile, docs/model.md, M12",
        recipe=f"{rows}.started_{kind}.sum() / {rows}.filter(like='started_').sum().sum()",
    )(function)


for _ending in _THOSE:
    _register("experiment", _ending)
_register("harden", "")


@measure(
    unit="projects per developer-year",
    formula="365·experiments_started / Σ (min(left_day, end of the run) - arrived_day) over developers who arrived",
    within=(0.0, math.inf),
    source="Turnstile, docs/model.md, M12",
    recipe="365 * summary['experiments_started'] / (developers.left_day.fillna(timeline.day.iloc[-1])"
    " - developers.arrived_day).sum()",
)
def experiment_rate(run: Run) -> float:
    """Experiments begun for each year that a developer was there."""
    developers, end = run["developers"], run["timeline"]["day"][-1]
    left = developers["left_day"]
    days = float(np.nansum(np.where(np.isnan(left), end, left) - developers["arrived_day"]))
    return 365 * run.summary["experiments_started"] / days if days else math.nan


@measure(
    unit="share of projects",
    formula="Σ experiments_started / Σ (refine_started + fork_started + experiments_started + harden_started + "
    "data_started) over the last third of the timeline's days",
    within=(0.0, 1.0),
    source="Turnstile, docs/model.md, M12",
    recipe="(lambda t: t.experiments_started.sum() / t[['refine_started', 'fork_started', 'experiments_started', "
    "'harden_started', 'data_started']].sum().sum())(timeline[timeline.day > 2 / 3 * timeline.day.iloc[-1]])",
)
def experiment_share_late(run: Run) -> float:
    """Share of projects that are experiments, in the last third of the run."""
    timeline = run["timeline"]
    late = timeline["day"] > 2 / 3 * timeline["day"][-1]
    begun = {name: timeline[name][late].sum() for name in _STARTED}
    return float(begun["experiments_started"] / sum(begun.values())) if any(begun.values()) else math.nan


_STARTED = ("refine_started", "fork_started", "experiments_started", "harden_started", "data_started")


@measure(
    unit="share of experiments",
    formula="experiments_admitted / experiments_started",
    within=(0.0, math.inf),
    source="Turnstile, docs/model.md, M12",
    recipe="summary['experiments_admitted'] / summary['experiments_started']",
)
def experiments_admitted_share(run: Run) -> float:
    """Admitted experiments for each that began. NaN where none did; above 1 only where one has several names."""
    begun = run.summary["experiments_started"]
    return run.summary["experiments_admitted"] / begun if begun else math.nan


@measure(
    unit="share of developers",
    formula="#{left_day null, with an idea whose pursued_day is in the last third of the run} / #{arrived}",
    within=(0.0, 1.0),
    source="Turnstile, docs/model.md, M12",
    recipe="(developers.left_day.isna() & developers.developer.isin(ideas[ideas.pursued_day > "
    "2 / 3 * timeline.day.iloc[-1]].developer))[developers.arrived_day.notna()].mean()",
)
def still_experimenting(run: Run) -> float:
    """Share of all developers who are there at the end and began an experiment in the last third of the run."""
    developers, ideas = run["developers"], run["ideas"]
    arrived = ~np.isnan(developers["arrived_day"])
    still = np.zeros(len(arrived), bool)
    still[ideas["developer"][ideas["pursued_day"] > 2 / 3 * run["timeline"]["day"][-1]]] = True
    still &= np.isnan(developers["left_day"])
    return float(still[arrived].mean()) if arrived.any() else math.nan


@measure(
    unit="share of hours",
    formula="Σ (hours_harden + hours_cleanup + hours_study + hours_rehearse + hours_wait) / Σ hours over developers",
    within=(0.0, 1.0),
    source="Turnstile, docs/model.md, M12",
    recipe="developers[['hours_harden', 'hours_cleanup', 'hours_study', 'hours_rehearse', 'hours_wait']].sum().sum()"
    " / developers.filter(like='hours_').sum().sum()",
)
def defensive_share(run: Run) -> float:
    """Share of all hours that defend what there is: hardening and all that goes into being trusted."""
    developers = run["developers"]
    hours = {name: math.fsum(developers[name]) for name in developers if name.startswith("hours_")}
    building = sum(hours[f"hours_{name}"] for name in ("refine", "experiment", "data"))
    return 1 - building / sum(hours.values()) if any(hours.values()) else math.nan


@measure(
    unit="share of ideas",
    formula="#{live_turns < max(1, learning.v0)} / #{ideas} over those with potential in the run's top tenth",
    within=(0.0, 1.0),
    source="Turnstile, docs/comparing.md",
    recipe="(ideas.live_turns < max(1, config['learning']['v0']))"
    "[ideas.potential >= ideas.potential.quantile(0.9)].mean()",
)
def best_ideas_unrouted(run: Run) -> float:
    """Share of the tenth of ideas with most potential that never reach traffic, enough to mature for the most part."""
    ideas = run["ideas"]
    if not len(ideas["potential"]):
        return math.nan
    best = ideas["potential"] >= np.quantile(ideas["potential"], 0.9)
    return float((ideas["live_turns"][best] < max(1, run.config["learning"]["v0"])).mean())
