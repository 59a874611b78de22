"""Versions in a conversation: how many are not derailed by a turn, beside the model that they were made from."""

from itertools import accumulate

import numpy as np

from analysis.averages import mean
from analysis.measure import measure
from analysis.measures.polish import AS_ABLE, COLLAPSE, collapsed
from analysis.run import Run

TURNS = (2, 3, 4, 5)
"""Turns of a conversation that are looked at: in the first nothing derails; by default the fifth fills the window."""

_STAYS = (
    "(lambda h: pd.DataFrame({{j: 1 - np.minimum(h * (config['gauntlet']['context_share'] * (j - 1)) "
    "** config['response']['gamma'], 1) for j in range(2, {0} + 1)}}).prod(axis=1))(models.derail_hazard)"
)
_LAW = "S_k = Π_(j=2..k) (1 - min(derail_hazard·(gauntlet.context_share·(j - 1))^response.gamma, 1))"


def _survival(run: Run) -> list[np.ndarray]:
    """Chance of each model, (models,), not to be derailed in turn 2, in 2 and 3, .. of a conversation of evaluations.

    The law of the gauntlet with answers that have not drifted: the context grows by `context_share` a turn.
    """
    filled = run.config.number("gauntlet.context_share") * np.arange(1, TURNS[-1])[:, None]
    hazard = run["models"]["derail_hazard"] * filled ** run.config.number("response.gamma")
    return [*accumulate(1.0 - np.minimum(hazard, 1.0), np.multiply)]


def _register(k: int) -> None:
    def survival(run: Run) -> float:
        return mean(run.once(_survival)[k - 2][run["models"]["parent"] >= 0])

    survival.__name__ = f"version_survival.{k}"
    survival.__doc__ = f"Share of conversations that a version, each counting once, survives to turn {k}"
    measure(
        unit="share of conversations",
        formula=f"mean over models with a parent of S_{k}; {_LAW}",
        within=(0.0, 1.0),
        source="Turnstile, docs/model.md, M9; Laban et al. 2025",
        recipe=f"{_STAYS.format(k)}[models.parent >= 0].mean()",
    )(survival)

    def fell_behind(run: Run) -> float:
        return collapsed(run, run.once(_survival)[k - 2])

    fell_behind.__name__ = f"collapsed_by_turn.{k}"
    fell_behind.__doc__ = f"Share of versions as able as their parent that survive to turn {k} much less often than it"
    measure(
        unit="share of versions",
        formula=f"#{{S_{k} < {COLLAPSE:g} times its parent's}} / #{{versions}} over models with a parent whose ability "
        f"is at most {AS_ABLE:g} above theirs; {_LAW}",
        within=(0.0, 1.0),
        source="Turnstile, docs/model.md, M9; Laban et al. 2025",
        recipe=f"(lambda keeps: (lambda m: (keeps[m.model].to_numpy() < {COLLAPSE:g} * keeps[m.parent].to_numpy())"
        ".mean())(models[(models.parent >= 0) & (models.ability >= models.ability.reindex(models.parent).to_numpy() - "
        f"{AS_ABLE:g})]))({_STAYS.format(k)})",
    )(fell_behind)


for _k in TURNS:
    _register(_k)
