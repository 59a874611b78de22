"""Experimentation: what comes of ideas, how soon, and what part of the traffic goes to what is new."""

import math

import numpy as np

from analysis.averages import mean, median, quantile
from analysis.fates import in_traffic, traffic_days
from analysis.measure import measure
from analysis.run import Run

NOVEL = 0.5
"""An idea is novel from this share of the landscape's bits on, by which it differs from its developer's base."""

_REACHED = "ideas.live_turns >= max(1, config['learning']['v0'])"


@measure(
    unit="ideas",
    formula="#{ideas with live_turns >= max(1, learning.v0)}",
    within=(0.0, math.inf),
    source="Turnstile, docs/comparing.md",
    recipe=f"({_REACHED}).sum()",
)
def ideas_in_traffic(run: Run) -> float:
    """Ideas that reached traffic, enough for most of the way to maturity."""
    return float(in_traffic(run, run["ideas"]).sum())


@measure(
    unit="share of ideas",
    formula="#{live_turns >= max(1, learning.v0)} / #{ideas} over those with distance >= landscape.n / 2",
    within=(0.0, 1.0),
    source="Turnstile, docs/comparing.md",
    recipe=f"({_REACHED})[ideas.distance >= 0.5 * config['landscape']['n']].mean()",
)
def novelty_surviving(run: Run) -> float:
    """Share of novel ideas that reach traffic. NaN where none came."""
    ideas = run["ideas"]
    novel = ideas["distance"] >= NOVEL * run.config.number("landscape.n")
    return mean(in_traffic(run, ideas)[novel])


@measure(
    unit="share of ideas",
    formula="#{live_turns < max(1, learning.v0)} / #{ideas} over those with potential in the run's top tenth",
    within=(0.0, 1.0),
    source="Turnstile, docs/comparing.md",
    recipe=f"1 - ({_REACHED})[ideas.potential >= ideas.potential.quantile(0.9)].mean()",
)
def best_ideas_unrouted(run: Run) -> float:
    """Share of the tenth of ideas with most potential that never reach traffic, enough to mature for the most part."""
    ideas = run["ideas"]
    best = ideas["potential"] >= quantile(ideas["potential"], 0.9)
    return mean(~in_traffic(run, ideas)[best])


@measure(
    unit="share of turns",
    formula="Σ turns_after_warmup of models whose lineage goes back to an experiment / Σ turns_after_warmup",
    within=(0.0, 1.0),
    source="Turnstile, docs/comparing.md",
    recipe="models.turns_after_warmup[models.kind.to_numpy()[models.lineage] == 'experiment'].sum() "
    "/ models.turns_after_warmup.sum()",
)
def novelty_share(run: Run) -> float:
    """Share of traffic that goes to experiments and what was made of them. NaN without traffic."""
    models = run["models"]
    turns = models["turns_after_warmup"]
    new = models.where("kind", "experiment")[models["lineage"]]
    return float(turns[new].sum() / turns.sum()) if turns.any() else math.nan


@measure(
    unit="days",
    formula="median of (first day by which its model had had max(1, learning.v0) attempts) - day, over the ideas with "
    "as many live_turns",
    within=(0.0, math.inf),
    source="Turnstile, docs/comparing.md",
    recipe="(lambda i, s: (s[s.groupby('model').attempts.cumsum() >= max(1, config['learning']['v0'])]"
    f".groupby('model').day.first().reindex(i.model).to_numpy() - i.day).median())(ideas[{_REACHED}], standings)",
)
def idea_to_traffic_days(run: Run) -> float:
    """Median time from an idea to traffic, of those that reach it. NaN where none does."""
    took = traffic_days(run, run["ideas"]) - run["ideas"]["day"]
    return median(took[~np.isnan(took)])
