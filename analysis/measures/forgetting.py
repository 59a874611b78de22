"""What a network's memory does: how far models decay while they are trusted, and whether the ejected come back."""

import math

import numpy as np

from analysis.compiled import compiled
from analysis.measure import measure
from analysis.run import Run

RETURN_DAYS = 45.0
"""Days within which a developer whose model was ejected has another one admitted, to count as recovered."""


@measure(
    unit="probability",
    formula="Σ turns·(the model's highest ability so far - ability) / Σ turns over rows of standings of developers' "
    "models",
    within=(0.0, 1.0),
    source="Turnstile, docs/model.md, M3 and M7",
    recipe="(lambda s: ((s.groupby('model').ability.cummax() - s.ability) * s.turns).sum() / s.turns.sum())"
    "(standings[standings.model.map(models.developer) >= 0])",
)
def decay_exposure(run: Run) -> float:
    """How far below their best the models are that serve a turn: what memory has not yet noticed."""
    rows, owned = run["standings"], run["models"]["developer"] >= 0
    return _below_best(rows["model"], rows["ability"], rows["turns"], owned)


@compiled
def _below_best(model: np.ndarray, ability: np.ndarray, turns: np.ndarray, owned: np.ndarray) -> float:
    best, below, total = np.zeros(len(owned)), 0.0, 0
    for row in range(len(model)):
        of = model[row]
        if owned[of]:
            best[of] = max(best[of], ability[row])
            below += turns[row] * (best[of] - ability[row])
            total += turns[row]
    return below / total


@measure(
    unit="share of ejected models",
    formula=f"#{{its developer has another model admitted within {RETURN_DAYS:g} days}} / #{{ejected_day at least "
    f"{RETURN_DAYS:g} days before the end}} over developers' models",
    within=(0.0, 1.0),
    source="Turnstile, docs/model.md, M7",
    recipe="(lambda e: [((models.developer == d) & (models.admitted_day > t) & (models.admitted_day <= t + "
    f"{RETURN_DAYS:g})).any() for d, t in zip(e.developer, e.ejected_day)] and np.mean([((models.developer == d) & "
    f"(models.admitted_day > t) & (models.admitted_day <= t + {RETURN_DAYS:g})).any() "
    "for d, t in zip(e.developer, e.ejected_day)]) or np.nan)"
    f"(models[(models.developer >= 0) & (models.ejected_day <= timeline.day.iloc[-1] - {RETURN_DAYS:g})])",
)
def ejected_recovered(run: Run) -> float:
    """Share of ejected models whose developer is back soon: a repaired version, or the model itself, is admitted."""
    models, end = run["models"], run["timeline"]["day"][-1]
    owner, out, back = models["developer"], models["ejected_day"], models["admitted_day"]
    ejected = (owner >= 0) & (out <= end - RETURN_DAYS)
    if not ejected.any():
        return math.nan
    turn = owner * (end + 1.0)  # one developer after the other, further apart than any two days of one's
    left, came = (turn + out)[ejected], np.sort((turn + back)[~np.isnan(back)])
    next_one = np.append(came, math.inf)[np.searchsorted(came, left, side="right")]
    return float((next_one - left <= RETURN_DAYS).mean())
