"""Projects: what developers choose to build, and who dares an experiment."""

import math

import numpy as np

from analysis.averages import mean
from analysis.measure import in_summary, measure
from analysis.run import Run
from analysis.spans import DAYS_THERE, LATE, days_there, late_begin

_KINDS = ("refine", "fork", "experiment", "harden", "data")
_STARTED = ("refine_started", "fork_started", "experiments_started", "harden_started", "data_started")
"""Columns of the timeline: the projects of each kind that began."""
_THOSE = {
    "": ("", "developers"),
    "_poorest": ("by developers of tier 1", "developers[developers.tier == 1]"),
    "_richest": ("by developers of tier 5", "developers[developers.tier == 5]"),
    "_incumbents": ("by developers of the start", "developers[developers.arrived_day == 0]"),
    "_entrants": ("by developers who came later", "developers[developers.arrived_day > 0]"),
}
"""Ending of a measure's name → (whom it is about, the same in pandas)."""


def _those(run: Run) -> dict[str, np.ndarray]:
    """Ending of a measure's name → which developers it is about: (developers,)."""
    tier, arrived = run["developers"]["tier"], run["developers"]["arrived_day"]
    return {
        "": np.ones(len(tier), bool),
        "_poorest": tier == 1,
        "_richest": tier == 5,
        "_incumbents": arrived == 0,
        "_entrants": arrived > 0,
    }


def _share(run: Run, kind: str, ending: str) -> float:
    those, developers = run.once(_those)[ending], run["developers"]
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
    recipe=f"365 * summary['experiments_started'] / ({DAYS_THERE}).sum()",
)
def experiment_rate(run: Run) -> float:
    """Experiments begun for each year that a developer was there."""
    days = float(np.nansum(days_there(run)))
    return 365 * in_summary(run, "experiments_started") / days if days else math.nan


@measure(
    unit="share of projects",
    formula=f"Σ experiments_started / Σ ({' + '.join(_STARTED)}) over the last third of the timeline's days",
    within=(0.0, 1.0),
    source="Turnstile, docs/model.md, M12",
    recipe=f"(lambda t: t.experiments_started.sum() / t[{list(_STARTED)}].sum().sum())"
    f"(timeline[timeline.day > {LATE}])",
)
def experiment_share_late(run: Run) -> float:
    """Share of projects that are experiments, in the last third of the run."""
    timeline = run["timeline"]
    late = timeline["day"] > late_begin(run)
    begun = {name: timeline[name][late].sum() for name in _STARTED}
    return float(begun["experiments_started"] / sum(begun.values())) if any(begun.values()) else math.nan


@measure(
    unit="share of experiments",
    formula="experiments_admitted / experiments_started",
    within=(0.0, math.inf),
    source="Turnstile, docs/model.md, M12",
    recipe="summary['experiments_admitted'] / summary['experiments_started']",
)
def experiments_admitted_share(run: Run) -> float:
    """Admitted experiments for each that began. NaN where none did; above 1 only where one has several names."""
    begun = in_summary(run, "experiments_started")
    return in_summary(run, "experiments_admitted") / begun if begun else math.nan


def _tried(run: Run) -> np.ndarray:
    """Whose each admitted model of an experiment is: developers, since the house makes none."""
    models = run["models"]
    return models["developer"][models.where("kind", "experiment") & ~np.isnan(models["admitted_day"])]


def _admitted(ending: str) -> None:
    """Register what part of their experiments is admitted, of the developers that the name's ``ending`` stands for."""
    whom, rows = _THOSE[ending]

    def function(run: Run) -> float:
        those = run.once(_those)[ending]
        begun = run["developers"]["started_experiment"][those].sum()
        return float(those[run.once(_tried)].sum() / begun) if begun else math.nan

    function.__name__ = f"experiments_admitted_share{ending}"
    function.__doc__ = f"Admitted models of experiments for each experiment that began, {whom}"
    measure(
        unit="share of experiments",
        formula="#{models of kind experiment with an admitted_day} / Σ started_experiment over developers",
        within=(0.0, math.inf),
        source="Turnstile, docs/model.md, M12",
        recipe=f"models[(models.kind == 'experiment') & models.developer.isin({rows}.developer)].admitted_day.count() "
        f"/ {rows}.started_experiment.sum()",
    )(function)


for _ending in _THOSE:
    if _ending:
        _admitted(_ending)


@measure(
    unit="share of developers",
    formula="#{left_day null, with an idea whose pursued_day is in the last third of the run} / #{arrived}",
    within=(0.0, 1.0),
    source="Turnstile, docs/model.md, M12",
    recipe="(developers.left_day.isna() & developers.developer.isin(ideas[ideas.pursued_day > "
    f"{LATE}].developer))[developers.arrived_day.notna()].mean()",
)
def still_experimenting(run: Run) -> float:
    """Share of all developers who are there at the end and began an experiment in the last third of the run."""
    developers, ideas = run["developers"], run["ideas"]
    arrived = ~np.isnan(developers["arrived_day"])
    still = np.zeros(len(arrived), bool)
    still[ideas["developer"][ideas["pursued_day"] > late_begin(run)]] = True
    still &= np.isnan(developers["left_day"])
    return mean(still[arrived])
