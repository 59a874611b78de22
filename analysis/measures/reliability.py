"""Reliability: how often the same task succeeds again, and what becomes of first failures."""

import math
from typing import NamedTuple

import numpy as np
from scipy.special import expit, ndtri

from analysis.measure import measure
from analysis.run import Run
from analysis.task_rates import misses, passes

REPEATS = (2, 3, 4, 8)
"""Repeats k of pass^k and pass@k: tau-bench's 1 to 4 and 8; the summary has 5, and for k = 1 both are the ability."""

_RECIPE = (
    "(lambda z, w: np.average([(lambda p: {wanted})(scipy.special.expit(mu + s * z)) for mu, s, drift in "
    "zip(models.mu, models.spread, models.drift)], weights=models.turns_after_warmup))"
    "(np.linspace(-9, 9, 2001), scipy.stats.norm.pdf(np.linspace(-9, 9, 2001)) * .009)"
)
"""Quadrature on a fine grid z of tasks; p (2001,) are a model's rates."""


class Routed(NamedTuple):
    """The models with turns after warm-up: those turns (M,), mu, spread and drift (M,), and E[p^k] (M, K), k from 1."""

    turns: np.ndarray
    mu: np.ndarray
    spread: np.ndarray
    drift: np.ndarray
    passed: np.ndarray


def _routed(run: Run) -> Routed:
    models = run["models"]
    used = models["turns_after_warmup"] > 0
    turns, mu, spread, drift = (models[name][used] for name in ("turns_after_warmup", "mu", "spread", "drift"))
    return Routed(turns, mu, spread, drift, passes(mu, spread, max(REPEATS)))


def _average(values: np.ndarray, weights: np.ndarray) -> float:
    total = weights.sum()
    return float(values @ weights / total) if total else math.nan


def _over_tasks(name: str, about: str, unit: str, formula: str, source: str, wanted: str, of) -> None:
    """Register the traffic-weighted mean over models of ``of(models)``; ``wanted`` says it in numpy."""

    def function(run: Run) -> float:
        models = run.once(_routed)
        return _average(of(models), models.turns)

    function.__name__, function.__doc__ = name, about
    measure(
        unit=unit,
        formula=f"Σ turns_after_warmup·{formula} / Σ turns_after_warmup over models, where p = sigmoid(mu + spread·z), "
        "z ~ N(0, 1)",
        within=(0.0, 1.0),
        source=source,
        recipe=_RECIPE.format(wanted=wanted),
    )(function)


for _k in REPEATS:
    _over_tasks(
        f"pass_{_k}", f"Chance that {_k} repeats of a plain first turn are all good", "probability",
        f"E[p^{_k}]", "Yao et al. 2024 (tau-bench)", f"p ** {_k} @ w",
        lambda models, k=_k: models.passed[:, k - 1],
    )  # fmt: skip
    _over_tasks(
        f"agreement_{_k}", f"Chance that {_k} repeats of a plain first turn are all good and none drifted",
        "probability", f"E[p^{_k}]·(1 - drift)^{_k}", "Turnstile, docs/model.md, M4",
        f"(p * (1 - drift)) ** {_k} @ w",
        lambda models, k=_k: models.passed[:, k - 1] * (1.0 - models.drift) ** k,
    )  # fmt: skip
    _over_tasks(
        f"pass_at_{_k}", f"Chance that of {_k} repeats of a plain first turn at least one is good", "probability",
        f"(1 - E[(1 - p)^{_k}])", "Chen et al. 2021 (pass@k)", f"1 - (1 - p) ** {_k} @ w",
        lambda models, k=_k: 1.0 - misses(models.passed, k),
    )  # fmt: skip

_TENTH = ndtri(0.9)
"""The 90th percentile of z; the 10th is -z."""
_AT = "scipy.special.expit(np.interp(scipy.stats.norm.ppf({}), z, scipy.special.logit(p)))"
"""The recipe for a quantile of p: its logit is linear in z."""


def _quantile(models: Routed, z: float) -> np.ndarray:
    return expit(models.mu + models.spread * z)


_over_tasks(
    "aptitude_tasks", "Success rate on the task at a model's 90th percentile of tasks", "probability",
    "p(z_.9)", "Laban et al. 2025 (Lost in Conversation)",
    _AT.format(0.9),
    lambda models: _quantile(models, _TENTH),
)  # fmt: skip
_over_tasks(
    "unreliability_tasks", "Spread of a model's success rate between tasks, 90th less 10th percentile", "probability",
    "(p(z_.9) - p(z_.1))", "Laban et al. 2025 (Lost in Conversation)",
    f"{_AT.format(0.9)} - {_AT.format(0.1)}",
    lambda models: _quantile(models, _TENTH) - _quantile(models, -_TENTH),
)  # fmt: skip


def _by_rate(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """The models' rates of good first attempts, ascending, and how many turns went to these and all before."""
    models = run["models"]
    used = models["turns"] > 0
    turns = models["turns"][used]
    rate = models["first_good"][used] / turns
    order = np.argsort(rate)
    return rate[order], np.cumsum(turns[order])


def _between_models(run: Run, share: float) -> float:
    """Quantile of the models' rates of good first attempts, by turns: the least that ``share`` of them stay within."""
    rate, turns = run.once(_by_rate)
    return float(rate[np.searchsorted(turns, share * turns[-1])]) if len(turns) else math.nan


@measure(
    unit="probability",
    formula="90 % quantile of first_good / turns over models, weighted by turns",
    within=(0.0, 1.0),
    source="Laban et al. 2025 (Lost in Conversation)",
    recipe="models[models.turns > 0].assign(rate=lambda m: m.first_good / m.turns).sort_values('rate')"
    ".pipe(lambda m: m.rate[m.turns.cumsum() >= .9 * m.turns.sum()].iloc[0])",
)
def aptitude_models(run: Run) -> float:
    """Rate of good first attempts that a tenth of the traffic surpasses."""
    return _between_models(run, 0.9)


@measure(
    unit="probability",
    formula="90 % less 10 % quantile of first_good / turns over models, weighted by turns",
    within=(0.0, 1.0),
    source="Laban et al. 2025 (Lost in Conversation)",
    recipe="models[models.turns > 0].assign(rate=lambda m: m.first_good / m.turns).sort_values('rate')"
    ".pipe(lambda m: m.rate[m.turns.cumsum() >= .9 * m.turns.sum()].iloc[0]"
    " - m.rate[m.turns.cumsum() >= .1 * m.turns.sum()].iloc[0])",
)
def unreliability_models(run: Run) -> float:
    """Spread between models of the rate of good first attempts, as traffic meets it."""
    return _between_models(run, 0.9) - _between_models(run, 0.1)


@measure(
    unit="logit",
    formula="Σ turns_after_warmup·spread / Σ turns_after_warmup over models",
    within=(0.0, math.inf),
    source="Turnstile, docs/model.md, M2",
    recipe="np.average(models.spread, weights=models.turns_after_warmup)",
)
def spread_served(run: Run) -> float:
    """How much the success chance of the models that serve a turn differs between tasks."""
    models = run.once(_routed)
    return _average(models.spread, models.turns)


@measure(
    unit="probability",
    formula="Σ turns·(ability's distance to its parent's) / Σ turns over models with a parent",
    within=(0.0, 1.0),
    source="Turnstile",
    recipe="models[models.parent >= 0].pipe(lambda m: np.average("
    "(m.ability - models.ability.reindex(m.parent).to_numpy()).abs(), weights=m.turns))",
)
def version_drift(run: Run) -> float:
    """How far a model's ability is from that of the model it was made from, either at the end or when it left."""
    models = run["models"]
    child = models["parent"] >= 0
    ability = models["ability"]
    return _average(np.abs(ability[child] - ability[models["parent"][child]]), models["turns"][child])
