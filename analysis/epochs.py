"""Epochs: the time after warm-up in equal parts, to see how concentration and ranks move."""

from collections.abc import Callable

import numpy as np

from analysis.run import Run

EPOCHS = 12
"""Each of as many periods of the timeline: some two weeks in a default run, long enough to count a developer's turns,
short against the run. A multiple of three, since changes are between thirds."""


# The same for recipes, as pandas says it.
_FIRST = "(np.append(0, timeline.day[:-1]) < config['warmup_days']).sum()"
BEGIN = f"np.append(0, timeline.day)[{_FIRST}]"
"""`begin` as a number."""
ENDS = (
    f"(lambda d, w: d[w - 1 + -(-np.arange(1, {EPOCHS + 1}) * (len(d) - w) // {EPOCHS})])"
    f"(timeline.day.to_numpy(), {_FIRST})"
)
"""`ends` as an array."""
TURNS = (
    f"(lambda d, w: standings.assign(epoch=(np.searchsorted(d, standings.day) - w) * {EPOCHS} // (len(d) - w), "
    "developer=standings.model.map(models.developer)).query('epoch >= 0 and developer >= 0')"
    ".pivot_table('turns', 'developer', 'epoch', 'sum')"
    f".reindex(index=developers.developer, columns=range({EPOCHS})).fillna(0))(timeline.day, {_FIRST})"
)
"""`turns_by_epoch` of developers as a DataFrame."""
BORN = (
    "models[models.developer >= 0].groupby('developer').born_day.min().reindex(developers.developer, fill_value=np.inf)"
)
"""`first_built` of developers as a Series."""


def begin(run: Run) -> float:
    """The day on which the first epoch begins: when the first period does that begins at or after warm-up."""
    return float(np.append(0.0, run["timeline"]["day"])[run.once(_first)])


def ends(run: Run) -> np.ndarray:
    """The day on which each epoch ends, (EPOCHS,). NaN where fewer periods than epochs follow warm-up."""
    days, first, periods = run["timeline"]["day"], run.once(_first), run.once(_periods)
    if periods < EPOCHS:
        return np.full(EPOCHS, np.nan)
    return days[first - 1 + -(-np.arange(1, EPOCHS + 1) * periods // EPOCHS)]


def owners(run: Run, entity: str) -> np.ndarray:
    """To whom each model counts, (models,): its model, developer, lineage or domain by ``entity``, -1 for the house."""
    return np.where(run["models"]["developer"] >= 0, run["models"][entity], -1)


def turns_by_epoch(run: Run, entity: str) -> np.ndarray:
    """Routed turns of each of `owners` in each epoch, (owners, EPOCHS), NaN where fewer periods than epochs follow."""
    owner, turns = run.once(owners, entity), run.once(turns_of_models)
    many = int(owner.max(initial=-1)) + 1
    holder = (owner + 1) + (many + 1) * np.arange(EPOCHS)[:, None]  # nobody is the first of each epoch
    return np.bincount(holder.ravel(), turns.ravel(), (many + 1) * EPOCHS).reshape(EPOCHS, many + 1)[:, 1:].T


def turns_of_models(run: Run) -> np.ndarray:
    """Routed turns of each model in each epoch, (EPOCHS, models), NaN where fewer periods than epochs follow."""
    many, (rows, cell) = len(run["models"]["model"]), run.once(cells)
    if run.once(_periods) < EPOCHS:
        return np.full((EPOCHS, many), np.nan)
    return np.bincount(cell, run["standings"]["turns"][rows], EPOCHS * many).reshape(EPOCHS, many)


def rows_by_period(run: Run) -> tuple[slice, np.ndarray]:
    """The rows of standings after warm-up, and in which period from then on each is, (rows,), from 0."""
    days = run["timeline"]["day"]
    ends_at = np.append(0, np.searchsorted(run["standings"]["day"], days, side="right"))  # they are in order of days
    bounds = ends_at[run.once(_first) :]
    return slice(bounds[0], bounds[-1]), np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))


def cells(run: Run) -> tuple[slice, np.ndarray]:
    """The rows of standings after warm-up, and of each its epoch times the number of models, plus its model, (rows,).

    No rows where fewer periods than epochs follow warm-up.
    """
    (rows, period), periods = run.once(rows_by_period), run.once(_periods)
    if periods < EPOCHS:
        return slice(0), period[:0]
    first = np.arange(periods) * EPOCHS // periods * len(run["models"]["model"])
    return rows, first[period] + run["standings"]["model"][rows]


def first_built(run: Run, entity: str) -> np.ndarray:
    """The day on which the first model of each of `owners` was built, (owners,), infinite for none."""
    owner = run.once(owners, entity)
    born = np.full(int(owner.max(initial=-1)) + 1, np.inf)
    np.minimum.at(born, owner[owner >= 0], run["models"]["born_day"][owner >= 0])
    return born


def over_epochs(run: Run, index: Callable[[np.ndarray], float], entity: str) -> np.ndarray:
    """``index`` of routed turns in each epoch, (EPOCHS,), such as ``over_epochs(run, gini, "developer")``.

    Holders are those of `owners` with a model that had been built by the epoch's end, whatever it got. NaN where fewer
    periods than epochs follow warm-up.
    """
    return np.array([index(turns) for turns in run.once(_of_holders, entity)] or np.full(EPOCHS, np.nan))


def _of_holders(run: Run, entity: str) -> list[np.ndarray]:
    """The routed turns of the holders in each epoch; none where fewer periods than epochs follow warm-up."""
    if run.once(_periods) < EPOCHS:
        return []
    turns, born = run.once(turns_by_epoch, entity), run.once(first_built, entity)
    return [turns[born <= day, epoch] for epoch, day in enumerate(run.once(ends))]


def _first(run: Run) -> int:
    """The first row of the timeline whose period begins at or after warm-up."""
    begins = np.append(0.0, run["timeline"]["day"][:-1])
    return int(np.searchsorted(begins, run.config.number("warmup_days")))


def _periods(run: Run) -> int:
    """How many periods begin at or after warm-up."""
    return len(run["timeline"]["day"]) - run.once(_first)
