"""What a model is worth to the network, and which score told so beforehand."""

import math

import numpy as np

from analysis.averages import mean, quantile
from analysis.measure import in_summary, measure
from analysis.ranks import correlation, ranks
from analysis.run import Run

STARS = 0.8
"""Demo stars are the models from this quantile of demo scores on."""
UNPAID = 0.1
"""A model counts as unpaid that earns less than this part of the mean."""

_SCORES = {
    "demo": ("its demonstration of single first turns", "demo_score", "m.demo_score"),
    "pass_5": ("five repeats of a task", "pass_5", "m.pass_5"),
    "turns": ("turns of conversations", "1 - attempts_derailed / attempts", "1 - m.attempts_derailed / m.attempts"),
    "load": (
        "answers in time under load", "1 - (attempts_timeout + attempts_rejected) / attempts",
        "1 - (m.attempts_timeout + m.attempts_rejected) / m.attempts",
    ),
    "retry": ("turns that need no retry", "first_good / turns", "m.first_good / m.turns"),
}  # fmt: skip
"""Score → (what it tries, its formula, the same in pandas)."""

_USED = "models[(models.developer >= 0) & (models.turns > 0)]"


def _scores(run: Run) -> dict[str, np.ndarray]:
    """Of developers' models with turns: each score, and the `ranks` of the ``value`` of their good answers."""
    models = run["models"]
    used = (models["developer"] >= 0) & (models["turns"] > 0)
    m = {
        name: models[name][used]
        for name in (
            "demo_score", "pass_5", "attempts", "attempts_derailed", "attempts_timeout", "attempts_rejected",
            "first_good", "turns", "value",
        )
    }  # fmt: skip
    return {
        "demo": m["demo_score"],
        "pass_5": m["pass_5"],
        "turns": 1 - m["attempts_derailed"] / m["attempts"],
        "load": 1 - (m["attempts_timeout"] + m["attempts_rejected"]) / m["attempts"],
        "retry": m["first_good"] / m["turns"],
        "value": ranks(m["value"]),
    }


def _register(score: str) -> None:
    about, formula, recipe = _SCORES[score]

    def function(run: Run) -> float:
        scores = run.once(_scores)
        return correlation(ranks(scores[score]), scores["value"])

    function.__name__ = f"worth_by.{score}"
    function.__doc__ = f"How well the value of a model's answers follows {about}, by rank"
    measure(
        unit="1",
        formula=f"Spearman's ρ of value with {formula} over developers' models with turns",
        within=(-1.0, 1.0),
        source="Turnstile, docs/model.md, M15",
        recipe=f"(lambda m: m.value.corr({recipe}, 'spearman'))({_USED})",
    )(function)


for _score in _SCORES:
    _register(_score)


@measure(
    unit="share of demo stars",
    formula=f"#{{revenue < {UNPAID:g}·mean revenue}} / #{{models}} over developers' models of the start whose "
    f"demo_score is at least its {STARS:g} quantile; the mean is over all of the start",
    within=(0.0, 1.0),
    source="Turnstile, docs/model.md, M10",
    recipe=f"(lambda m: (m.revenue[m.demo_score >= m.demo_score.quantile({STARS:g})] < {UNPAID:g} * m.revenue.mean())"
    ".mean())(models[(models.developer >= 0) & (models.kind == 'founder')])",
)
def demo_stars_unpaid(run: Run) -> float:
    """Share of the models with the best demonstrations that earn next to nothing."""
    models = run["models"]
    start = (models["developer"] >= 0) & models.where("kind", "founder")
    demo, revenue = models["demo_score"][start], models["revenue"][start]
    return mean(revenue[demo >= quantile(demo, STARS)] < UNPAID * mean(revenue))


@measure(
    unit="median good answers per good answer",
    formula="value_of_answers / Σ attempts_good over models",
    within=(0.0, math.inf),
    source="Turnstile, docs/model.md, M15",
    recipe="summary['value_of_answers'] / models.attempts_good.sum()",
)
def value_per_answer(run: Run) -> float:
    """What a good answer is worth, on average. NaN where there was none."""
    good = int(run["models"]["attempts_good"].sum())
    return in_summary(run, "value_of_answers") / good if good else math.nan
