"""Concentration of routed turns and of revenue over models, developers, lineages and domains: INDEX.QUANTITY.ENTITY.

Turns are those after warm-up, revenue is that of the whole run. Whoever ever submitted counts, with 0 where they got
nothing; the house is nobody.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from analysis import indices
from analysis.epochs import BORN, ENDS, EPOCHS, TURNS, over_epochs
from analysis.measure import MEASURES, Measure, measure, register
from analysis.run import Run

COLUMNS = {"turns": "turns_after_warmup", "revenue": "revenue"}
"""Quantity → the column of models that has it."""
ENTITIES = ("model", "developer", "lineage", "domain")
"""Columns of models: who the holders are."""

_X = "models[models.developer >= 0].groupby('{entity}').{column}.sum()"
_TIERS = "{x}.groupby(developers.tier[models[models.developer >= 0].groupby('{entity}').developer.first()].to_numpy())"
_THEIL = "lambda p: (p[p > 0] * np.log(p[p > 0] * len(p))).sum()"
_BETWEEN = (
    "(lambda g: (lambda p, q: (p * np.log(p / q)).sum())(*((v / v.sum())[g.sum() > 0] for v in (g.sum(), g.size()))))"
)
_INF = math.inf


@dataclass(frozen=True)
class Index:
    """An index of the amounts x of holders: ``recipe`` is a function of a Series x, as a line of pandas."""

    name: str
    function: Callable[[np.ndarray], float]
    about: str
    unit: str
    formula: str
    most: float
    source: str
    recipe: str
    least: float = 0.0
    entities: tuple[str, ...] = ENTITIES


INDICES = (
    Index(
        "gini", indices.gini, "Gini coefficient", "1", "Σ(2i - n - 1)·x_i / (n·Σx), ascending x", 1, "Gini 1912",
        "lambda x: (x * (2 * x.rank(method='first') - len(x) - 1)).sum() / (len(x) * x.sum())",
    ),
    Index(
        "hhi", indices.hhi, "Herfindahl-Hirschman index", "1", "Σ(x_i/Σx)²", 1, "Herfindahl 1950",
        "lambda x: ((x / x.sum()) ** 2).sum()",
    ),
    Index(
        "theil", indices.theil, "Theil's T", "nats", "Σ p_i·ln(n·p_i), p = x/Σx", _INF, "Theil 1967",
        f"lambda x: ({_THEIL})(x / x.sum())",
    ),
    *(
        Index(
            f"cr_{k}", partial(indices.cr, k=k), f"Share of the {k} largest" if k > 1 else "Share of the largest",
            "share", f"Σ of the {k} largest x_i / Σx", 1, "concentration ratio, Bain 1951",
            f"lambda x: x.nlargest({k}).sum() / x.sum()",
        )
        for k in (1, 4, 10)
    ),
    *(
        Index(
            f"nakamoto_{percent}", partial(indices.nakamoto, share=percent / 100),
            f"Nakamoto coefficient at {percent} %", "holders",
            f"the fewest holders who together have more than {percent} % of Σx; 0 where Σx = 0", _INF,
            "Srinivasan and Lee 2017",
            f"lambda x: (x.sort_values(ascending=False).cumsum() <= {percent / 100} * x.sum()).sum() + 1",
        )
        for percent in (33, 51)
    ),
    Index(
        "hill_0", partial(indices.hill, order=0), "Hill number of order 0", "holders", "#{x_i > 0}", _INF, "Hill 1973",
        "lambda x: (x > 0).sum()",
    ),
    Index(
        "hill_1", partial(indices.hill, order=1), "Hill number of order 1, the effective number by entropy",
        "effective holders", "exp(-Σ p·ln p) over p = x/Σx > 0", _INF, "Hill 1973",
        "lambda x: (lambda p: np.exp(-(p * np.log(p)).sum()))(x[x > 0] / x.sum())",
    ),
    Index(
        "hill_2", partial(indices.hill, order=2), "Hill number of order 2, the effective number by HHI",
        "effective holders", "1 / Σ(x_i/Σx)²", _INF, "Hill 1973", "lambda x: x.sum() ** 2 / (x**2).sum()",
    ),
    Index(
        "tail_exponent", indices.tail_exponent, "Exponent α of a power law x^-α through the largest tenth", "1",
        "1 + k / Σ ln(x_i/x_(k+1)) over the k = ⌈m/10⌉ largest of m holders with x > 0; NaN where k < 2", _INF,
        "Hill 1975", "lambda x: (lambda v: 1 + (len(v) - 1) / np.log(v / v.min()).sum())"
        "(x[x > 0].nlargest(-(-(x > 0).sum() // 10) + 1))",
        least=1.0, entities=("model", "developer", "lineage"),
    ),
)  # fmt: skip


def amounts(run: Run, quantity: str, entity: str) -> np.ndarray:
    """What each holder has, (n,), in the order of their numbers."""
    owned, whose, holders = run.once(_holders, entity)
    return np.bincount(whose, run["models"][COLUMNS[quantity]][owned])[holders]


def tiers(run: Run, entity: str) -> np.ndarray:
    """The wealth tier of each holder's developer, (n,), from 1; ``entity`` is model or developer."""
    models = run["models"]
    owned, _, holders = run.once(_holders, entity)
    return run["developers"]["tier"][holders if entity == "developer" else models["developer"][owned]]


def _holders(run: Run, entity: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(rows of models that are not the house's, the number of each one's holder, the numbers that occur)."""
    models = run["models"]
    owned = np.flatnonzero(models["developer"] >= 0)
    whose = models[entity][owned]
    return owned, whose, np.flatnonzero(np.bincount(whose))


def _held(run: Run, quantity: str, entity: str) -> indices.Holders:
    """`amounts`, with what all indices of them share."""
    return indices.Holders(amounts(run, quantity, entity))


def _indices() -> None:
    for index in INDICES:
        for quantity, column in COLUMNS.items():
            for entity in index.entities:

                def function(run: Run, index=index, quantity=quantity, entity=entity) -> float:
                    return index.function(run.once(_held, quantity, entity))

                function.__doc__ = f"{index.about} of x, each holder's turns after warm-up or revenue"
                recipe = f"({index.recipe})({_X.format(entity=entity, column=column)})"
                name, within = f"{index.name}.{quantity}.{entity}", (index.least, index.most)
                register(MEASURES, Measure(name, function, index.unit, index.formula, within, index.source, recipe))


def _decompositions() -> None:
    parts = {
        "between": (indices.theil_between, "Σ P_g·ln(P_g·n/n_g), P_g the share of tier g, n_g of n its holders"),
        "within": (indices.theil_within, "Σ P_g·theil of the holders in tier g, P_g its share"),
    }
    for part, (split, formula) in parts.items():
        for quantity, column in COLUMNS.items():
            for entity in ("model", "developer"):

                def function(run: Run, split=split, quantity=quantity, entity=entity) -> float:
                    return split(run.once(_held, quantity, entity), run.once(tiers, entity))

                function.__doc__ = f"The part of Theil's T that is {part} wealth tiers"
                x = _X.format(entity=entity, column=column)
                groups = _TIERS.format(x=x, entity=entity)
                recipe = f"{_BETWEEN}({groups})"
                if part == "within":
                    recipe = f"({_THEIL})({x} / {x}.sum()) - {recipe}"
                name = f"theil_{part}_tiers.{quantity}.{entity}"
                register(
                    MEASURES, Measure(name, function, "nats", formula, (0.0, math.inf), "Bourguignon 1979", recipe)
                )


_indices()
_decompositions()


def change(run: Run, index: Callable[[np.ndarray], float]) -> float:
    """Mean of ``index`` of developers' turns over the last third of the epochs, less that over the first."""
    course, third = over_epochs(run, index, "developer"), EPOCHS // 3
    return float(course[-third:].mean() - course[:third].mean())


_CHANGE = (
    "(lambda t, born: (lambda v: np.mean(v[-{third}:]) - np.mean(v[:{third}]))"
    f"([({{index}})(t.loc[born <= day, e]) for e, day in enumerate({ENDS})]))({TURNS}, {BORN})"
)
_RECIPES = {index.name: _CHANGE.format(index=index.recipe, third=EPOCHS // 3) for index in INDICES}


@measure(
    unit="1",
    formula="mean HHI of the developers' turns in an epoch, over the last third of epochs, less over the first third",
    within=(-1.0, 1.0),
    source="Herfindahl 1950; Turnstile, analysis/epochs.py",
    recipe=_RECIPES["hhi"],
)
def hhi_change(run: Run) -> float:
    """Whether traffic comes to concentrate on fewer developers. NaN where fewer periods than epochs follow warm-up."""
    return change(run, indices.hhi)


@measure(
    unit="1",
    formula="mean Gini coefficient of the turns in an epoch of the developers who have built a model by its end, "
    "over the last third of epochs, less over the first third",
    within=(-1.0, 1.0),
    source="Gini 1912; Turnstile, analysis/epochs.py",
    recipe=_RECIPES["gini"],
)
def gini_change(run: Run) -> float:
    """Whether traffic becomes less even. NaN where fewer periods than epochs follow warm-up."""
    return change(run, indices.gini)
