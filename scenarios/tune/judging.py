"""How a measure is judged across worlds: by its mean, its worst, the mean of its worst, or the largest regret."""

from dataclasses import dataclass

import numpy as np

from scenarios.study.saying import Said

MEAN, WORST, CVAR, REGRET = "mean", "worst", "cvar", "regret"


@dataclass(frozen=True)
class Judge:
    """A way to judge. ``share``: of ``cvar``, the share of worlds that counts, the worst ones."""

    kind: str
    share: float = 1.0

    @property
    def across(self) -> str:
        """How it takes worlds together, in a few words."""
        return {
            MEAN: "mean over worlds",
            WORST: "value in the worst world",
            CVAR: f"mean of the worst {100 * self.share:.3g}% of worlds",
            REGRET: "largest regret over worlds",
        }[self.kind]

    @property
    def words(self) -> str:
        """The same, with what one has to know to understand it."""
        return self.across + {CVAR: " (CVaR)", REGRET: ", against the best setting for each"}.get(self.kind, "")

    def of(self, values: np.ndarray, up: bool, best: np.ndarray | None = None) -> np.ndarray:
        """What ``values`` (..., worlds) come to, (...,); NaN where a world has none. ``up``: more is better.

        Regret (Savage 1951) is max over worlds of how much worse than ``best`` (worlds,); CVaR (Rockafellar and Uryasev
        2000) the mean of the worst share of the worlds, one of them in part where the share is no whole number.
        """
        values = np.asarray(values, float)
        if self.kind == MEAN:
            return values.mean(axis=-1)
        if self.kind == WORST:
            return values.min(axis=-1) if up else values.max(axis=-1)
        if self.kind == REGRET:
            return (best - values if up else values - best).max(axis=-1)
        ordered = np.sort(values if up else -values, axis=-1)
        mass = self.share * values.shape[-1]
        weights = np.clip(mass - np.arange(values.shape[-1]), 0, 1)
        worst = ordered @ weights / mass
        return worst if up else -worst


def judge(said: Said, kinds: tuple[str, ...] = (MEAN, WORST, CVAR, REGRET)) -> Judge:
    """``mean``, ``worst``, ``regret`` or ``{cvar: SHARE}``."""
    if isinstance(said.value, dict):
        share = said.keys((CVAR,), (CVAR,))[CVAR]
        if not 0 < share.number() <= 1:
            raise share.wrong("allowed is a share of the worlds greater than 0 and up to 1")
        return Judge(CVAR, share.number())
    return Judge(said.one([kind for kind in kinds if kind != CVAR]))
