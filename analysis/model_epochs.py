"""Models epoch by epoch, from the standings: what each was like, what it got, and whose it was."""

from dataclasses import dataclass

import numpy as np

from analysis.epochs import BEGIN, ENDS, cells, ends, turns_of_models
from analysis.run import Run


@dataclass(frozen=True)
class ModelEpochs:
    """One row per epoch (`analysis.epochs`) and model with a row in the standings, without the house; arrays (rows,).

    ``epoch`` and ``domain`` are numbers; ``periods`` in the standings, those of them ``admitted`` and ``withheld``
    (neither admitted nor retired); means over them of ``ability`` and ``stake`` (credits); sums of ``turns``,
    ``first_good``, ``mended`` (rescued, by itself or others), ``attempts`` and ``income`` (turns_ok at the model's mean
    revenue for one, credits); of its developer the ``tier``, ``wealth`` at arrival (credits) and ``tenure`` (days from
    arrival to the epoch's end). A model of which nothing was counted in a period has no row for it there.
    """

    epoch: np.ndarray
    domain: np.ndarray
    periods: np.ndarray
    admitted: np.ndarray
    withheld: np.ndarray
    ability: np.ndarray
    stake: np.ndarray
    turns: np.ndarray
    first_good: np.ndarray
    mended: np.ndarray
    attempts: np.ndarray
    income: np.ndarray
    tier: np.ndarray
    wealth: np.ndarray
    tenure: np.ndarray


def model_epochs(run: Run) -> ModelEpochs:
    """The model-epochs of ``run``, in order of epoch and model; none where fewer periods than epochs follow warm-up."""
    standings, models, developers = run["standings"], run["models"], run["developers"]
    width, last_days = len(models["model"]), run.once(ends)
    settled, cell = run.once(cells)
    there = np.bincount(cell, minlength=1)
    rows = np.flatnonzero(there > 0)
    rows = rows[models["developer"][rows % width] >= 0]
    epochs, model = np.divmod(rows, width)
    periods = there[rows].astype(float)

    def total(values: np.ndarray) -> np.ndarray:
        return np.bincount(cell, values, len(there))[rows]

    def column(name: str) -> np.ndarray:
        return total(standings[name][settled])

    admitted = standings.where("status", "admitted")[settled]
    retired = standings.where("status", "retired")[settled]
    owner, answered = models["developer"][model], models["turns_ok"][model]
    fee = np.divide(models["revenue"][model], answered, out=np.zeros(len(model)), where=answered > 0)
    return ModelEpochs(
        epoch=epochs,
        domain=models["domain"][model],
        periods=periods,
        admitted=total(admitted),
        withheld=periods - total(admitted | retired),
        ability=column("ability") / periods,
        stake=column("stake") / periods,
        turns=run.once(turns_of_models).ravel()[rows],
        first_good=column("first_good"),
        mended=total(standings["self_rescued"][settled] + standings["rescued"][settled]),
        attempts=column("attempts"),
        income=column("turns_ok") * fee,
        tier=developers["tier"][owner],
        wealth=developers["wealth_start"][owner],
        tenure=last_days[epochs] - developers["arrived_day"][owner],
    )


RECIPE = (
    f"standings[standings.day > {BEGIN}]"
    ".merge(models[['model', 'developer', 'domain', 'revenue', 'turns_ok']].rename(columns={'turns_ok': 'answered'}))"
    ".merge(developers[['developer', 'tier', 'wealth_start', 'arrived_day']])"
    f".assign(epoch=lambda t: np.searchsorted({ENDS}, t.day), inside=lambda t: t.status == 'admitted',"
    " outside=lambda t: ~t.status.isin(['admitted', 'retired']),"
    " mended=lambda t: t.self_rescued + t.rescued, income=lambda t: t.turns_ok * (t.revenue / t.answered).fillna(0))"
    ".groupby(['epoch', 'model'], as_index=False).agg(domain=('domain', 'first'), periods=('day', 'size'),"
    " admitted=('inside', 'sum'),"
    " withheld=('outside', 'sum'), ability=('ability', 'mean'), stake=('stake', 'mean'), turns=('turns', 'sum'),"
    " first_good=('first_good', 'sum'), mended=('mended', 'sum'), attempts=('attempts', 'sum'),"
    " income=('income', 'sum'), tier=('tier', 'first'), wealth=('wealth_start', 'first'),"
    f" arrived=('arrived_day', 'first')).assign(tenure=lambda t: {ENDS}[t.epoch] - t.arrived)"
)
"""The same rows in pandas, for the recipes of measures."""
