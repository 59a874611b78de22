"""Measures by wealth tier of developers."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from analysis.columns import columns, unit
from analysis.run import Run
from analysis.run_figures.palette import tier
from analysis.study import Study
from analysis.study_figures.curves import curves
from analysis.study_figures.gathered import Gathered
from analysis.study_figures.kind import kind
from analysis.study_figures.panel import styles
from analysis.study_figures.series import lines, over_runs, split

TIERS = 5
WORDS = [tier(number) for number in range(1, TIERS + 1)]
"""What they are called."""

_ENDED = ("turns_ok", "turns_failed", "turns_bad_unnoticed")
_STARTED = tuple(name for name in columns("developers") if name.startswith("started_"))
RATIOS = {
    "success_rate": ("share of ended turns", "models", ("turns_ok",), _ENDED),
    "admitted_share": ("share of submissions", "developers", ("admissions",), ("submissions",)),
    "experiment_share": ("share of projects", "developers", ("started_experiment",), _STARTED),
}
"""Ratios of sums over the developers of a tier, or over their models: name → (unit, table, columns above, below)."""

MEANS = tuple(
    name for name in columns("developers") if unit("developers", name) not in ("id", "number", "word", "days", "1")
)
"""Columns of developers of which the mean over those of a tier who arrived is drawn."""


def _draw(study: Study, held: Gathered) -> Figure:
    number = np.arange(1, TIERS + 1)
    beside = {  # so that intervals do not cover each other
        name: number + 0.3 * ((i + 0.5) / len(held.lines) - 0.5) for i, name in enumerate(held.values)
    }
    figure, (*_, last) = curves(held.heads, beside, held.values, styles(study, held.lines, held.factor), bars=True)
    last.set_xticks(number, WORDS)
    last.set_xlabel(held.axis)
    return figure


@kind(
    "Mean over seeds by wealth tier of the developer, with 95 % intervals",
    form="points",
    drawn=_draw,
    measures=(*MEANS, *RATIOS),
    tables=("developers", "models"),
    by=False,
)
def tiers(study: Study, measures: Sequence[str], by: str | None = None) -> Gathered:
    """A panel for each measure, a line for each arm, or level of ``by``."""
    factor = split(study, by)
    drawn = lines(study, factor)
    stacked = over_runs(study, drawn, lambda run: np.concatenate([by_tier(run, name) for name in measures]))
    heads = [(name, RATIOS[name][0] if name in RATIOS else f"{unit('developers', name)} a developer")
             for name in measures]  # fmt: skip
    found = {name: np.split(values, len(measures), axis=1) for name, values in stacked.items()}
    x = dict.fromkeys(found, np.array(WORDS))
    return Gathered(heads, drawn, factor, x, found, "wealth tier of the developer")


def by_tier(run: Run, measure: str) -> np.ndarray:
    """A measure of the developers of each tier: (tiers,), NaN where there is nobody, or nothing to divide by."""
    owners = run["developers"]
    if measure in MEANS:
        arrived = np.isfinite(owners["arrived_day"])
        return _ratio(_sums(owners["tier"], arrived * owners[measure]), _sums(owners["tier"], arrived))
    _, name, above, below = RATIOS[measure]
    at = owners["tier"]
    if name == "models":  # those of the house have no tier
        known = dict(zip(owners["developer"].tolist(), at.tolist(), strict=True))
        at = np.array([known.get(owner, 0) for owner in run[name]["developer"].tolist()], int)
    return _ratio(*(_sums(at, sum(run[name][column] for column in group)) for group in (above, below)))


def _sums(tier: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.bincount(tier.astype(int), np.asarray(values, float), TIERS + 1)[1:]


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    return np.divide(above, below, out=np.full(TIERS, np.nan), where=below > 0)
