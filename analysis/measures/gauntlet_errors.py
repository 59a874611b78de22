"""The gauntlet: what it lets in; what it turns away though it is good, and lets in though it is not."""


import numpy as np

from analysis.averages import mean
from analysis.measure import measure
from analysis.run import Run

_RECIPE = (
    "(lambda s: (s.decision == '{}')[s.potential {} s.strictness].mean())"
    "(submissions.merge(models[['model', 'potential']], on='model'))"
)
_SOURCE = "Turnstile, docs/comparing.md; errors of the two kinds of Neyman & Pearson (1933)"


@measure(
    unit="share of submissions",
    formula="#{submissions whose model has an admitted_day} / #{submissions}",
    within=(0.0, 1.0),
    source="Turnstile, docs/studies.md",
    recipe="submissions.merge(models[['model', 'admitted_day']], on='model').admitted_day.notna().mean()",
)
def admitted_share(run: Run) -> float:
    """Share of the submissions whose model was admitted, at once or out of the sandbox. NaN without any."""
    return mean(~np.isnan(run["models"]["admitted_day"][run["submissions"]["model"]]))


@measure(
    unit="share of submissions",
    formula="#{decision = rejected} / #{submissions} over those whose model's potential >= strictness",
    within=(0.0, 1.0),
    source=_SOURCE,
    recipe=_RECIPE.format("rejected", ">="),
)
def false_rejections(run: Run) -> float:
    """Share rejected of the submissions whose model, once mature, would clear the bar. NaN without any."""
    return mean(run["submissions"].where("decision", "rejected")[_worthy(run)])


@measure(
    unit="share of submissions",
    formula="#{decision = admitted} / #{submissions} over those whose model's potential < strictness",
    within=(0.0, 1.0),
    source=_SOURCE,
    recipe=_RECIPE.format("admitted", "<"),
)
def false_admissions(run: Run) -> float:
    """Share admitted at once of the submissions whose model, even mature, would not clear the bar. NaN without any."""
    return mean(run["submissions"].where("decision", "admitted")[~_worthy(run)])


def _worthy(run: Run) -> np.ndarray:
    """Of which submissions the model's potential, that of the end, is worth the bar of their day: (submissions,)."""
    submissions = run["submissions"]
    return run["models"]["potential"][submissions["model"]] >= submissions["strictness"]
