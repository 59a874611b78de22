"""What routes: how much of the models' shares of turns is explained by performance, stake, tenure and wealth."""

import numpy as np

from analysis.measure import measure
from analysis.model_epochs import RECIPE, model_epochs
from analysis.run import Run
from analysis.shapley import lmg

_CAUSES = {
    "performance": "mean ability",
    "stake": "mean stake",
    "tenure": "the developer's days since arrival",
    "wealth": "the log of the developer's wealth at arrival",
}
"""Regressors in their order, and what each stands for."""

_R2 = "lambda s: c[4, s] @ np.linalg.pinv(c[np.ix_(s, s)]) @ c[s, 4]"


def _recipe(wanted: str) -> str:
    """What is ``wanted`` of the correlations c of the regressors and, last, the share; `_R2` of those numbered s."""
    return (
        f"{RECIPE}.pipe(lambda t: (lambda c: {wanted})("
        "pd.DataFrame({'performance': t.ability, 'stake': t.stake, 'tenure': t.tenure,"
        " 'wealth': np.log(t.wealth), 'share': t.turns / t.groupby(['epoch', 'domain']).turns.transform('sum')})"
        ".pipe(lambda v: v - v.groupby([t.epoch, t.domain]).transform('mean')).corr().fillna(0).to_numpy())"
        " if t.wealth.all() else np.nan)"
    )


def centred_within(cell: np.ndarray, values: np.ndarray) -> np.ndarray:
    """``values`` (columns, rows) less the mean of their cell; ``cell`` (rows,) are small numbers."""
    count = np.maximum(np.bincount(cell), 1)
    return np.stack([column - (np.bincount(cell, column) / count)[cell] for column in values])


def _shares(run: Run) -> np.ndarray:
    """Each cause's share of R²: (4,). NaN where somebody's wealth is 0, which has no log."""
    rows = run.once(model_epochs)
    if not len(rows.epoch):
        return np.full(len(_CAUSES), np.nan)
    cell = rows.epoch * (rows.domain.max() + 1) + rows.domain
    routed = np.bincount(cell, rows.turns)[cell]
    share = np.divide(rows.turns, routed, out=np.zeros(len(routed)), where=routed > 0)
    wealth = np.log(np.where(rows.wealth > 0, rows.wealth, np.nan))
    values = centred_within(cell, np.stack([rows.ability, rows.stake, rows.tenure, wealth, share]))
    return lmg(values @ values.T)


def _routing(place: int, cause: str, stands_for: str) -> None:
    def function(run: Run) -> float:
        return float(run.once(_shares)[place])

    function.__name__ = f"routing_by_{cause}"
    function.__doc__ = f"Share of the variance of routed shares that {cause} explains ({stands_for})"
    measure(
        unit="share of variance",
        formula="mean gain in R² over all orders in which performance, stake, tenure and wealth can enter a linear "
        "regression of a model-epoch's share of its domain's turns, all less their means in that epoch and domain",
        within=(0.0, 1.0),
        source="Lindeman, Merenda and Gold 1980; Shapley 1953",
        recipe=_recipe(
            f"(lambda r: np.mean([r(list(o[:o.index({place}) + 1])) - r(list(o[:o.index({place})]))"
            f" for o in itertools.permutations(range(4))]))({_R2})"
        ),
    )(function)


for _place, (_cause, _stands_for) in enumerate(_CAUSES.items()):
    _routing(_place, _cause, _stands_for)


@measure(
    unit="share of variance",
    formula="R² of that regression: the sum of routing_by_performance, _stake, _tenure and _wealth",
    within=(0.0, 1.0),
    source="Lindeman, Merenda and Gold 1980",
    recipe=_recipe(f"({_R2})([0, 1, 2, 3])"),
)
def routing_explained(run: Run) -> float:
    """Share of the variance of routed shares that performance, stake, tenure and wealth explain together."""
    return float(run.once(_shares).sum())
