"""The rows of the standings, model by model."""

import numpy as np

from analysis.ranks import by_number
from analysis.run import Run


def by_model(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """(rows of the standings in order of model, then day; the model of each), (rows,) each."""
    model = run["standings"]["model"]
    order = by_number(model)
    return order, model[order]
