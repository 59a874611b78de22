"""Polish: what evaluations say of a model that live use does not."""


import numpy as np

from analysis.averages import mean
from analysis.measure import measure
from analysis.run import Run

COLLAPSE = 0.9
"""A version has collapsed where it keeps less than this part of what its parent keeps."""
AS_ABLE = 0.01
"""Success rate by which a version may be below its parent and pass for as able."""


def _score_and_ability(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """Of each submission: its score, and the ability of its model at the end."""
    submissions = run["submissions"]
    return submissions["score"], run["models"]["ability"][submissions["model"]]


def _let_in(run: Run) -> np.ndarray:
    return ~run["submissions"].where("decision", "rejected")


def _of_data(run: Run) -> np.ndarray:
    return run["submissions"].where("kind", "data")


@measure(
    unit="probability",
    formula="mean of score - ability of its model at the end, over submissions admitted or sent to the sandbox",
    within=(-1.0, 1.0),
    source="Turnstile, docs/model.md, M9",
    recipe="(lambda s: (s.score - models.ability.reindex(s.model).to_numpy()).mean())"
    "(submissions[submissions.decision != 'rejected'])",
)
def score_inflation(run: Run) -> float:
    """By how much models score better before they are let in than they are."""
    score, ability = _score_and_ability(run)
    return mean((score - ability)[_let_in(run)])


@measure(
    unit="probability",
    formula="score_inflation of submissions of kind data alone",
    within=(-1.0, 1.0),
    source="Turnstile, docs/model.md, M9 and M11",
    recipe="(lambda s: (s.score - models.ability.reindex(s.model).to_numpy()).mean())"
    "(submissions[(submissions.decision != 'rejected') & (submissions.kind == 'data')])",
)
def score_inflation_data(run: Run) -> float:
    """By how much models with broadened data score better before they are let in than they are."""
    score, ability = _score_and_ability(run)
    return mean((score - ability)[_let_in(run) & _of_data(run)])


@measure(
    unit="probability",
    formula="mean ability at the end of the models of submissions of kind data",
    within=(0.0, 1.0),
    source="Turnstile, docs/model.md, M11",
    recipe="models.ability.reindex(submissions[submissions.kind == 'data'].model).mean()",
)
def ability_data(run: Run) -> float:
    """How able the models are whose data were broadened."""
    _, ability = _score_and_ability(run)
    return mean(ability[_of_data(run)])


@measure(
    unit="share of submissions",
    formula="mean score of submissions of kind data",
    within=(0.0, 1.0),
    source="Turnstile, docs/model.md, M9",
    recipe="submissions[submissions.kind == 'data'].score.mean()",
)
def score_data(run: Run) -> float:
    """How well those models score in their evaluation."""
    score, _ = _score_and_ability(run)
    return mean(score[_of_data(run)])


@measure(
    unit="share of versions",
    formula=f"#{{agreement_5·(1 - derail_hazard)^4 < {COLLAPSE:g} times its parent's}} / #{{versions}} over submitted "
    f"models with a parent whose ability is at most {AS_ABLE:g} above theirs",
    within=(0.0, 1.0),
    source="Turnstile, docs/model.md, M4",
    recipe="(lambda keeps: (lambda m: (keeps[m.model].to_numpy() < "
    f"{COLLAPSE:g} * keeps[m.parent].to_numpy()).mean())(models[(models.parent >= 0) & (models.ability >= "
    f"models.ability.reindex(models.parent).to_numpy() - {AS_ABLE:g})]))"
    "(models.agreement_5 * (1 - models.derail_hazard) ** 4)",
)
def collapsed_versions(run: Run) -> float:
    """Share of versions as able as their parent that no longer survive five repeats in one conversation as it does."""
    models = run["models"]
    return collapsed(run, models["agreement_5"] * (1 - models["derail_hazard"]) ** 4)


def collapsed(run: Run, keeps: np.ndarray) -> float:
    """Share of versions as able as their parent that keep much less than it; ``keeps`` (models,) is what each does."""
    alike, parent = run.once(_alike)
    return mean(keeps[alike] < COLLAPSE * keeps[parent])


def _alike(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the models that are as able as their parent, and of their parents."""
    parent, ability = run["models"]["parent"], run["models"]["ability"]
    alike = np.flatnonzero((parent >= 0) & (ability >= ability[parent] - AS_ABLE))
    return alike, parent[alike]
