"""What each mechanism of a study contributes to a measure, from its arms with each set of them on."""

import numpy as np
import pandas as pd

from analysis.attribution import attribution
from analysis.study import AS_IT_IS
from scenarios.study.arms import Arms
from scenarios.study.definition import Study

COLUMNS = ("measure", "mechanism", "value", "low", "high", "seeds")


def attribute(study: Study, measures: pd.DataFrame) -> pd.DataFrame:
    """Of each measure in ``study.attribution`` the rows of `analysis.attribution.attribution`, in the world as it is.

    A mechanism is a factor, on at its second level. Seeds in which the measure is not defined in every arm are left
    out; ``seeds`` says how many remain, and with fewer than two the measure has no rows.
    """
    own, tables = measures[measures["guard"] == AS_IT_IS], [pd.DataFrame(columns=COLUMNS)]
    for name in study.attribution:
        by_arm = own.pivot(index="seed", columns="arm", values=name).reindex(columns=list(study.arms.levels)).dropna()
        if len(by_arm) > 1:
            found = attribution({_on(study.arms, arm): np.asarray(by_arm[arm]) for arm in by_arm})
            tables.append(found.assign(measure=name, seeds=len(by_arm))[list(COLUMNS)])
    return pd.concat(tables[1:] or tables, ignore_index=True)


def _on(arms: Arms, arm: str) -> frozenset[str]:
    """The mechanisms that are on in ``arm``."""
    return frozenset(name for name, level in arms.levels[arm].items() if level == list(arms.factors[name].levels)[1])
