"""How the mean over seeds stands in a printed table."""

import pandas as pd

from analysis.errors import InputError
from analysis.inference.paired import t_interval


def mean_in_words(values: pd.Series) -> str:
    """Mean and 95 % interval of a measure, without the seeds in which it is undefined."""
    try:
        found = t_interval(values)
    except InputError:
        return f"{values.mean():.3g}" if values.notna().any() else "not defined"
    return f"{found.estimate:.3g} [{found.low:.3g}, {found.high:.3g}]"
