"""What a study finds: each decisive measure judged over its seeds, beside its placebo, from the store alone."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.inference.dose import slopes
from analysis.inference.family import holm, p_value
from analysis.inference.finding import Finding, finding
from analysis.measure import TWIN_MEASURES
from analysis.measuring import measure_store
from analysis.store import runs
from scenarios.study.definition import SIGNS, Decisive, Study
from scenarios.study.plan import AS_IT_IS


@dataclass(frozen=True)
class Decision:
    """A decisive measure and its finding; ``p`` of no difference, corrected over the study's family by Holm."""

    decisive: Decisive
    finding: Finding
    p: float


def decide(study: Study, folder: Path, points: pd.DataFrame, workers: int = 1) -> list[Decision]:
    """The findings of ``study`` from the store ``folder``; ``points`` says which arm, guard and seed a run is of.

    Seeds of which a run is missing are left out of the comparison that needs it.
    """
    names = sorted({each.measure for each in study.decisive if each.measure not in TWIN_MEASURES})
    values = measure_store(folder, names, workers) if names else pd.DataFrame()
    found, raw = [], {}
    for i, each in enumerate(study.decisive):
        worlds = (points[points["guard"] == guard] for guard in (AS_IT_IS, each.placebo))
        effect, placebo = (_effects(study, each, folder, world, values) for world in worlds)
        found.append(finding(effect, each.smallest, SIGNS[each.expected], placebo))
        raw[str(i)] = p_value(effect)
    corrected = holm(raw)
    return [Decision(d, f, corrected[str(i)]) for i, (d, f) in enumerate(zip(study.decisive, found, strict=True))]


def _effects(study: Study, each: Decisive, folder: Path, points: pd.DataFrame, values: pd.DataFrame) -> np.ndarray:
    """The effect in each seed: (seeds,)."""
    keys = points.pivot(index="seed", columns="arm", values="key")
    if each.measure in TWIN_MEASURES:
        there, function = runs(folder), TWIN_MEASURES[each.measure].function
        pairs = keys[[each.against, each.of]].itertuples(index=False)
        return np.array([function(there[a], there[b]) for a, b in pairs if a in there and b in there])
    by_arm = keys.map(values[each.measure].to_dict().get).astype(float)
    if each.of:
        return (by_arm[each.of] - by_arm[each.against]).dropna().to_numpy()
    dosed = by_arm[list(study.dose.arms())].dropna()
    return slopes(np.array(study.dose.values, float), dosed.to_numpy())
