"""Exposure against merit: whether the models that do well get the turns, as fairness of ranking measures it.

Of developers' models that are admitted at the end and were so since the last epoch began: merit is ability at the end,
exposure is routed turns in the last epoch, both within a domain.
"""

import math
from collections.abc import Callable

import numpy as np

from analysis.epochs import ENDS, ends, turns_of_models
from analysis.measure import measure
from analysis.ranks import spearman
from analysis.run import Run

_OF = "of developers' models admitted all through the last epoch, merit ability at its end, exposure turns in it: "
_ROWS = (
    "(lambda start: models.assign(tier=models.developer.map(developers.tier), "
    "exposure=standings[standings.day > start].groupby('model').turns.sum()).fillna(dict(exposure=0))"
    "[(models.developer >= 0) & (models.status == 'admitted') & (models.admitted_day <= start)])"
    f"({ENDS}[-2])"
)
_MEAN = (
    "(lambda found: np.average(found[0], weights=found[1]))"
    f"(np.transpose([({{one}}, g.exposure.sum()) for _, g in {_ROWS}.groupby('domain') if {{defined}}]))"
)


def _rows(run: Run) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(row of models, exposure, merit) of each model that counts."""
    models = run["models"]
    start = run.once(ends)[-2]
    counted = (models["developer"] >= 0) & models.where("status", "admitted") & (models["admitted_day"] <= start)
    which = np.flatnonzero(counted)
    return which, run.once(turns_of_models)[-1, which], models["ability"][which]


def _mean(run: Run, index: Callable[[np.ndarray, np.ndarray], float]) -> float:
    """The mean of ``index(exposure, merit)`` over domains, weighted by exposure, without those where it is NaN."""
    which, exposure, merit = run.once(_rows)
    domain = run["models"]["domain"][which]
    inside = [np.flatnonzero(domain == d) for d in range(int(domain.max(initial=-1)) + 1)]
    found = [(index(exposure[i], merit[i]), float(exposure[i].sum())) for i in inside if exposure[i].any()]
    found = [(value, weight) for value, weight in found if not math.isnan(value)]
    return sum(value * weight for value, weight in found) / sum(weight for _, weight in found) if found else math.nan


def inequity(exposure: np.ndarray, merit: np.ndarray) -> float:
    """Σ abs(exposure_i/Σexposure - merit_i/Σmerit), in [0, 2]. NaN where there is no merit."""
    if not merit.any():
        return math.nan
    return float(np.abs(exposure / exposure.sum() - merit / merit.sum()).sum())


@measure(
    unit="1",
    formula=_OF + "mean over domains, weighted by their exposure, of Σ abs(exposure_i/Σexposure - merit_i/Σmerit)",
    within=(0.0, 2.0),
    source="equity of attention, Biega, Gummadi and Weikum 2018, of a single group of rankings",
    recipe=_MEAN.format(
        one="(g.exposure / g.exposure.sum() - g.ability / g.ability.sum()).abs().sum()",
        defined="g.exposure.sum() > 0 and g.ability.sum() > 0",
    ),
)
def attention_inequity(run: Run) -> float:
    """How far shares of exposure are from shares of merit: 0 where they are alike, near 2 where one gets all.

    NaN where no turn went to a model that counts, or none of those has any merit.
    """
    return _mean(run, inequity)


@measure(
    unit="1",
    formula=_OF + "mean over domains, weighted by their exposure, of Spearman's ρ between exposure and merit",
    within=(-1.0, 1.0),
    source="Spearman 1904",
    recipe=_MEAN.format(
        one="g.exposure.corr(g.ability, 'spearman')", defined="g.exposure.nunique() > 1 and g.ability.nunique() > 1"
    ),
)
def exposure_merit_correlation(run: Run) -> float:
    """Rank correlation of exposure with merit. NaN where no domain has two models that differ in both."""
    return _mean(run, spearman)


@measure(
    unit="1",
    formula=_OF + "(Σexposure/Σmerit of models of tier 5) / (Σexposure/Σmerit of models of tier 1)",
    within=(0.0, math.inf),
    source="disparate treatment ratio, Singh and Joachims 2018",
    recipe="(lambda g: g.get(5, np.nan) / (g.get(1) or np.nan))"
    f"((lambda r: r.groupby('tier').exposure.sum() / r.groupby('tier').ability.sum())({_ROWS}))",
)
def tier_exposure_ratio(run: Run) -> float:
    """Exposure per merit of the richest fifth's models over that of the poorest fifth's.

    1 where merit alone decides. NaN where either has no model that counts, or the poorest fifth's got nothing.
    """
    which, exposure, merit = run.once(_rows)
    tier = run["developers"]["tier"][run["models"]["developer"][which]]
    got, deserved = np.bincount(tier, exposure, 6), np.bincount(tier, merit, 6)
    if not deserved[1] or not deserved[5] or not got[1]:
        return math.nan
    return float(got[5] / deserved[5] / (got[1] / deserved[1]))
