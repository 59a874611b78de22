"""How good a set of settings is by several objectives at once: which are on the front, and the volume they dominate."""

from collections.abc import Sequence
from dataclasses import dataclass

import moocore
import numpy as np


@dataclass(frozen=True)
class Scale:
    """What losses are measured by: 0 at ``best`` and 1 at ``worst``, (objectives,) each.

    Volumes are of the box between them, so 1 is all of it; a loss beyond ``best`` makes more of it.
    """

    best: np.ndarray
    worst: np.ndarray

    @staticmethod
    def of(losses: np.ndarray) -> "Scale":
        """The scale of the losses (settings, objectives): from the best to the worst of each objective."""
        best, worst = losses.min(axis=0), losses.max(axis=0)
        return Scale(best, np.where(worst > best, worst, best + 1.0))

    def scaled(self, losses: np.ndarray) -> np.ndarray:
        """``losses`` (..., objectives) on this scale."""
        return (losses - self.best) / (self.worst - self.best)

    def volume(self, losses: np.ndarray) -> float:
        """Hypervolume (Zitzler and Thiele 1998) that ``losses`` (settings, objectives) dominate, up to ``worst``."""
        held = self.scaled(np.reshape(losses, (-1, len(self.best))))
        inside = held[(held < 1).all(axis=1)]
        return float(moocore.hypervolume(inside, ref=[1.0] * len(self.best))) if len(inside) else 0.0

    def history(self, losses: Sequence[np.ndarray | None]) -> list[float]:
        """The volume after each trial; None: one that does not count."""
        held, volume, found = np.empty((0, len(self.best))), 0.0, []
        for loss in losses:
            if loss is not None and not (held <= loss).all(axis=1).any():
                held = np.vstack([held[~(held >= loss).all(axis=1)], loss])
                volume = self.volume(held)
            found.append(volume)
        return found

    def thinned(self, losses: np.ndarray, most: int) -> list[int]:
        """Of a front (settings, objectives) the numbers of ``most`` settings, without those that add least volume."""
        left = list(range(len(losses)))
        while len(left) > most:
            own = self.scaled(losses[left])
            ref = own.max(axis=0) + 1  # so far that the ends of the front stay
            left.pop(int(np.argmin(moocore.hv_contributions(own, ref=ref))))
        return left


def on_front(losses: np.ndarray) -> np.ndarray:
    """Which of ``losses`` (settings, objectives) none other dominates; of equal ones the first."""
    if not len(losses):
        return np.zeros(0, bool)
    return moocore.is_nondominated(losses)
