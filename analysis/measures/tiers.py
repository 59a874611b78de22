"""Quality and traffic in the last third of a run, all together and by wealth tier: who carries it, and how well."""

import math

import numpy as np

from analysis.measure import measure
from analysis.run import Run
from analysis.spans import LATE, late_begin

_TIERS = {"": None, "_poorest": 1, "_richest": 5}
"""Ending of a measure's name → tier of developers that it is about; None: all models, the house's too."""
LEVELS = 1_000
"""Steps of ability in which its quantile is looked for before rows are sorted."""
_LATE = f"standings[standings.day > {LATE}]"
_OWNED = f"{_LATE}.assign(tier={_LATE}.model.map(models.developer).map(developers.set_index('developer').tier))"


def _late(run: Run) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(turns, ability, model) of the rows of standings in the last third."""
    rows = run["standings"]
    begin = int(np.searchsorted(rows["day"], late_begin(run), side="right"))
    return rows["turns"][begin:], rows["ability"][begin:], rows["model"][begin:]


def _late_turns(run: Run) -> np.ndarray:
    """Turns of each model in the last third, (models,)."""
    turns, _, model = run.once(_late)
    return np.bincount(model, turns, len(run["models"]["developer"]))


def _tier_of_models(run: Run) -> np.ndarray:
    """Tier of the developer of each model, (models,); 0 for the house."""
    tier, owner = run["developers"]["tier"], run["models"]["developer"]
    return np.where(owner >= 0, tier[owner], 0) if len(tier) else 0 * owner


def _of_tier(run: Run, tier: int | None) -> tuple[np.ndarray, np.ndarray]:
    """(turns, ability) of those of these rows that are of a tier; of all where that is None."""
    turns, ability, model = run.once(_late)
    counted = slice(None) if tier is None else run.once(_tier_of_models)[model] == tier
    return turns[counted], ability[counted]


def _mean(turns: np.ndarray, ability: np.ndarray) -> float:
    """The mean of ability over turns, both (rows,). NaN without turns."""
    return float((turns * ability).sum() / turns.sum()) if turns.any() else math.nan


def _floor(turns: np.ndarray, ability: np.ndarray) -> float:
    """The 10 % quantile of ability over turns, both (rows,). NaN without turns."""
    if not turns.any():
        return math.nan
    level = (ability * LEVELS).astype(int)
    reached = np.cumsum(np.bincount(level, turns))
    wanted = 0.1 * reached[-1]
    found = np.searchsorted(reached, wanted)
    turns, ability = turns[level == found], ability[level == found]  # so that only these few need be sorted
    order = np.argsort(ability)
    upto = reached[found] - turns.sum() + np.cumsum(turns[order])
    return float(ability[order][np.searchsorted(upto, wanted)])


_ABILITIES = {
    "ability_late": (
        _mean,
        "Mean ability that turns meet in the last third of the run",
        "Σ turns·ability / Σ turns over rows of standings in the last third of the days",
        "(lambda s: (s.turns * s.ability).sum() / s.turns.sum())({})",
    ),
    "ability_floor_late": (
        _floor,
        "Ability below which a tenth of the turns is served, in the last third of the run",
        "10 % quantile of ability over turns in the last third: the least ability that, with what is below it, has a "
        "tenth of them",
        "(lambda s: s.ability[s.turns.cumsum() >= 0.1 * s.turns.sum()].iloc[0])"
        "({}.sort_values('ability', kind='stable'))",
    ),
}
"""Name → (what it is of turns and abilities, the same in words, its formula, its recipe over rows)."""


def _register(name: str, ending: str, tier: int | None) -> None:
    of, about, formula, recipe = _ABILITIES[name]

    def function(run: Run) -> float:
        return of(*run.once(_of_tier, tier))

    function.__name__ = name + ending
    function.__doc__ = about + ("" if tier is None else f", on models of developers of tier {tier}")
    rows = _LATE if tier is None else f"{_OWNED}[lambda s: s.tier == {tier}]"
    measure(
        unit="probability", formula=formula, within=(0.0, 1.0), source="Turnstile, docs/model.md, M3",
        recipe=recipe.format(rows),
    )(function)  # fmt: skip


for _ending, _tier in _TIERS.items():
    for _name in _ABILITIES:
        _register(_name, _ending, _tier)


@measure(
    unit="share of turns",
    formula="Σ turns of models of developers of tier 5 / Σ turns of developers' models, in the last third of the days",
    within=(0.0, 1.0),
    source="Turnstile, docs/model.md, M12",
    recipe=f"(lambda s: s.turns[s.tier == 5].sum() / s.turns[s.tier > 0].sum())({_OWNED})",
)
def richest_turns_late(run: Run) -> float:
    """Share of developers' turns that goes to the richest fifth, in the last third of the run."""
    turns, tier = run.once(_late_turns), run.once(_tier_of_models)
    owned = turns[tier > 0].sum()
    return float(turns[tier == 5].sum() / owned) if owned else math.nan


@measure(
    unit="share of turns",
    formula="Σ turns of models of the tenth of developers who submitted most / Σ turns of developers' models, in the "
    "last third; ties by number",
    within=(0.0, 1.0),
    source="Turnstile, docs/model.md, M12",
    recipe="(lambda s, top: s.turns[s.owner.isin(top)].sum() / s.turns[s.owner >= 0].sum())"
    f"({_LATE}.assign(owner={_LATE}.model.map(models.developer)), developers.sort_values(['submissions', 'developer'], "
    "ascending=[False, True]).developer.head(-(-len(developers) // 10)))",
)
def busiest_turns_late(run: Run) -> float:
    """Share of developers' turns that goes to the tenth who iterate most, in the last third of the run."""
    turns, owner, submitted = run.once(_late_turns), run["models"]["developer"], run["developers"]["submissions"]
    got = np.bincount(owner + 1, turns, len(submitted) + 1)[1:]  # without the house's
    most = np.argsort(-submitted, kind="stable")[: -(-len(submitted) // 10)]
    return float(got[most].sum() / got.sum()) if got.any() else math.nan
