"""What traffic follows: how fast a developer builds, or how well what is built survives."""

import math

import numpy as np

from analysis.measure import measure
from analysis.ranks import spearman
from analysis.run import Run
from analysis.spans import DAYS_THERE, days_there


@measure(
    unit="1",
    formula="Spearman's ρ of turns_after_warmup with submissions / (min(left_day, end) - arrived_day), over developers "
    "with turns",
    within=(-1.0, 1.0),
    source="Turnstile, docs/model.md, M12",
    recipe=f"(lambda d: d.turns_after_warmup.corr(d.submissions / ({DAYS_THERE}), 'spearman'))"
    "(developers[developers.turns_after_warmup > 0])",
)
def traffic_by_pace(run: Run) -> float:
    """How much traffic goes to those who submit often, by rank. NaN with fewer than two."""
    developers, days = run["developers"], days_there(run)
    turns = developers["turns_after_warmup"]
    those = turns > 0
    return spearman(turns[those], (developers["submissions"] / np.where(days > 0, days, np.nan))[those])


@measure(
    unit="1",
    formula="Spearman's ρ of turns_after_warmup with Σ turns_after_warmup·pass_5 / Σ turns_after_warmup of their "
    "models, over developers with turns",
    within=(-1.0, 1.0),
    source="Turnstile, docs/model.md, M12",
    recipe="(lambda m: (lambda g: g.turns_after_warmup.corr(g.w / g.turns_after_warmup, 'spearman'))"
    "(m.assign(w=m.turns_after_warmup * m.pass_5).groupby('developer')[['turns_after_warmup', 'w']].sum()))"
    "(models[(models.developer >= 0) & (models.turns_after_warmup > 0)])",
)
def traffic_by_survival(run: Run) -> float:
    """How much traffic goes to those whose models survive five repeats, by rank. NaN with fewer than two."""
    models = run["models"]
    mine = models["developer"] >= 0
    owner, turns = models["developer"][mine], models["turns_after_warmup"][mine].astype(float)
    carried = np.bincount(owner, turns)
    passed = np.bincount(owner, turns * models["pass_5"][mine])
    those = carried > 0
    return spearman(carried[those], passed[those] / carried[those])


@measure(
    unit="1",
    formula="Σ turns_after_warmup·ability / Σ turns_after_warmup·potential over developers' models",
    within=(0.0, math.inf),
    source="Turnstile, docs/model.md, M3",
    recipe="(lambda m: (m.turns_after_warmup * m.ability).sum() / (m.turns_after_warmup * m.potential).sum())"
    "(models[models.developer >= 0])",
)
def potential_reached(run: Run) -> float:
    """Which part of their potential the models have reached that serve a turn."""
    models = run["models"]
    mine = models["developer"] >= 0
    turns = models["turns_after_warmup"][mine]
    whole = float(turns @ models["potential"][mine])
    return float(turns @ models["ability"][mine]) / whole if whole else math.nan
