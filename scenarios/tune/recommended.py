"""A few settings to choose from: the best by each objective, and the knee, as the choosing worlds have it."""

from collections.abc import Sequence

import numpy as np

from scenarios.tune.fresh import TUNED, Again
from scenarios.tune.hypervolume import Scale, on_front
from scenarios.tune.objectives import KNEE


def able(again: Again, search: str) -> list[int]:
    """The candidates of ``search`` that meet the constraints in these worlds too."""
    found = [number for number, one in enumerate(again.candidates) if one.search == search]
    return [number for number in found if again.judged(number).feasible]


def roles(again: Again) -> dict[int, list[str]]:
    """Candidate → what it is recommended as, by the choosing worlds ``again``: of the tuned ones that meet the
    constraints there, or of all that are defined where none does."""
    held = able(again, TUNED) or _defined(again)
    if not held:
        return {}
    losses = again.losses(held)
    front = np.flatnonzero(on_front(losses))
    found: dict[int, list[str]] = {}
    for i, objective in enumerate(again.aim.objectives):
        found.setdefault(held[front[np.argmin(losses[front, i])]], []).append(objective.best)
    if len(again.aim.objectives) > 1:
        found.setdefault(held[front[_knee(losses[front])]], []).append(KNEE)
    return found


def _knee(losses: np.ndarray) -> int:
    """The one nearest to the best of every objective at once, each scaled to the front (settings, objectives)."""
    return int(np.argmin(np.linalg.norm(Scale.of(losses).scaled(losses), axis=1)))


def _defined(again: Again) -> Sequence[int]:
    found = [number for number, one in enumerate(again.candidates) if one.search == TUNED]
    return [number for number in found if again.judged(number).finite]
