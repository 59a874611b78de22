"""Models epoch by epoch, from the standings: what each was like, what it got, and whose it was.

An epoch is ten days: shorter than evidence remembers by default, long enough for hundreds of turns a model. The house
and the warm-up are left out; a period belongs to the epoch in which it ends.
"""

from dataclasses import dataclass

import numpy as np

from analysis.run import Run

EPOCH_DAYS = 10


@dataclass(frozen=True)
class ModelEpochs:
    """One row per epoch and model with a row in the standings, all arrays (rows,).

    ``epoch`` and ``domain`` are numbers; ``periods`` in the standings, those of them ``admitted`` and ``withheld``
    (neither admitted nor retired); means over them of ``ability`` and ``stake`` (credits); sums of ``turns``,
    ``first_good``, ``mended`` (rescued, by itself or others), ``attempts`` and ``income`` (turns_ok at the model's mean
    revenue for one, credits); of its developer the ``tier``, ``wealth`` at arrival (credits) and ``tenure`` (days since
    arrival at the end of the last period).
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
    """The model-epochs of ``run``, in order of epoch and model."""
    standings, models, developers = run["standings"], run["models"], run["developers"]
    day, model = standings["day"], standings["model"]
    kept = np.flatnonzero((day > run.config["warmup_days"]) & (models["developer"][model] >= 0))
    day, model = day[kept], model[kept]
    epoch = np.ceil(day / EPOCH_DAYS).astype(np.int64)
    width = len(models["model"])
    code = epoch * width + model
    there = np.bincount(code, minlength=1)
    rows = np.flatnonzero(there)
    periods = there[rows].astype(float)

    def total(values: np.ndarray) -> np.ndarray:
        return np.bincount(code, values, len(there))[rows]

    def column(name: str) -> np.ndarray:
        return total(standings[name][kept])

    status = standings["status"][kept]
    admitted = status == "admitted"
    owner = models["developer"][rows % width]
    answered = models["turns_ok"]
    fee = np.divide(models["revenue"], answered, out=np.zeros(width), where=answered > 0)
    last = np.zeros(len(there))
    last[code] = day  # days ascend, so the last one stays
    return ModelEpochs(
        epoch=rows // width,
        domain=models["domain"][rows % width],
        periods=periods,
        admitted=total(admitted),
        withheld=periods - total(admitted | (status == "retired")),
        ability=column("ability") / periods,
        stake=column("stake") / periods,
        turns=column("turns"),
        first_good=column("first_good"),
        mended=column("self_rescued") + column("rescued"),
        attempts=column("attempts"),
        income=column("turns_ok") * fee[rows % width],
        tier=developers["tier"][owner],
        wealth=developers["wealth_start"][owner],
        tenure=last[rows] - developers["arrived_day"][owner],
    )


RECIPE = (
    "standings[standings.day > config['warmup_days']]"
    ".merge(models[['model', 'developer', 'domain', 'revenue', 'turns_ok']].rename(columns={'turns_ok': 'answered'}))"
    ".merge(developers[['developer', 'tier', 'wealth_start', 'arrived_day']])"
    f".assign(epoch=lambda t: np.ceil(t.day / {EPOCH_DAYS}), inside=lambda t: t.status == 'admitted',"
    " outside=lambda t: ~t.status.isin(['admitted', 'retired']),"
    " mended=lambda t: t.self_rescued + t.rescued, income=lambda t: t.turns_ok * (t.revenue / t.answered).fillna(0))"
    ".groupby(['epoch', 'model'], as_index=False).agg(domain=('domain', 'first'), periods=('day', 'size'),"
    " admitted=('inside', 'sum'),"
    " withheld=('outside', 'sum'), ability=('ability', 'mean'), stake=('stake', 'mean'), turns=('turns', 'sum'),"
    " first_good=('first_good', 'sum'), mended=('mended', 'sum'), attempts=('attempts', 'sum'),"
    " income=('income', 'sum'), tier=('tier', 'first'), wealth=('wealth_start', 'first'), day=('day', 'max'),"
    " arrived=('arrived_day', 'first')).assign(tenure=lambda t: t.day - t.arrived)"
)
"""The same rows in pandas, for the recipes of measures."""
