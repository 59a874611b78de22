"""Neutrality: whether models of equal ability fare alike, whatever their developer's wealth, tenure or stake.

Model-epochs (`analysis.model_epochs`) are matched: those of one epoch, one domain and one bin of mean ability, .02
wide, are a stratum, and the two groups are compared within strata only.
"""

import numpy as np

from analysis.mantel_haenszel import log_odds_ratio, log_rate_ratio
from analysis.measure import measure
from analysis.model_epochs import RECIPE, ModelEpochs, model_epochs
from analysis.ranks import dense, rank_within
from analysis.run import Run

ABILITY_BIN = 0.02

_RANK = "t.groupby('epoch').{}.rank(pct=True)"
_TRAITS = {
    "wealth": ("tiers 4 and 5 against 1 and 2", "t.tier >= 4", "t.tier <= 2"),
    "tenure": (
        "two fifths by days since the developer's arrival, ranked within the epoch",
        f"{_RANK.format('tenure')} > .6",
        f"{_RANK.format('tenure')} <= .4",
    ),
    "stake": (
        "two fifths by mean stake, ranked within the epoch",
        f"{_RANK.format('stake')} > .6",
        f"{_RANK.format('stake')} <= .4",
    ),
}
"""Trait → its upper and lower group in words, and each in pandas."""

_OUTCOMES = {
    "admitted": ("odds", "Days admitted against days in the sandbox or ejected", "t.admitted", "t.withheld"),
    "surfaced": ("rate", "Turns routed per day in the standings", "t.turns", "t.periods"),
    "retried_onto": ("rate", "Retries served for a turn routed", "(t.attempts - t.turns).clip(lower=0)", "t.turns"),
    "forgiven": (
        "odds",
        "First failures mended by a retry against the others",
        "t.mended",
        "(t.turns - t.first_good - t.mended).clip(lower=0)",
    ),
    "paid": ("rate", "Revenue per day in the standings", "t.income", "t.periods"),
}
"""Outcome → what is compared, in words, and in pandas its events and their exposure (rate) or complement (odds)."""

_FORMULA = {
    "odds": "n = a + b + c + d; a yes and b no of the upper group, c and d of the lower",
    "rate": "n = b + d; a events in exposure b of the upper group, c in d of the lower",
}


def _counts(rows: ModelEpochs) -> dict[str, np.ndarray]:
    """What is counted of each model-epoch, by name."""
    retries = np.maximum(rows.attempts - rows.turns, 0.0)
    lost = np.maximum(rows.turns - rows.first_good - rows.mended, 0.0)
    said = {name: getattr(rows, name) for name in ("admitted", "withheld", "turns", "periods", "mended", "income")}
    return said | {"retries": retries, "lost": lost}


_PAIRS = {
    "admitted": ("admitted", "withheld"),
    "surfaced": ("turns", "periods"),
    "retried_onto": ("retries", "turns"),
    "forgiven": ("mended", "lost"),
    "paid": ("income", "periods"),
}
"""Outcome → events, and their exposure or complement: names of `_counts`."""


def _groups(rows: ModelEpochs) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Trait → which model-epochs are of the first group and which of the second: (rows,) each."""
    found = {"wealth": (rows.tier >= 4, rows.tier <= 2)}
    for name in ("tenure", "stake"):
        rank = rank_within(rows.epoch, getattr(rows, name))
        found[name] = (rank > 0.6, rank <= 0.4)
    return found


def _matched(run: Run) -> dict[tuple[str, str], tuple[np.ndarray, ...]]:
    """(outcome, trait) → a, b, c, d of every stratum: (strata,) each."""
    rows = run.once(model_epochs)
    ability = np.floor(rows.ability / ABILITY_BIN).astype(np.int64)
    bins, domains = (int(number.max(initial=0)) + 1 for number in (ability, rows.domain))
    stratum = dense((rows.epoch * bins + ability) * domains + rows.domain)
    strata = int(stratum.max(initial=-1)) + 1
    counts, found = _counts(rows), {}
    for trait, (first, second) in _groups(rows).items():
        cell = stratum + strata * (2 - 2 * first - second)  # the first group's, the second's, those of neither
        of = {name: np.bincount(cell, column, 3 * strata).reshape(3, -1) for name, column in counts.items()}
        for outcome, (events, others) in _PAIRS.items():
            (a, c, _), (b, d, _) = of[events], of[others]
            found[outcome, trait] = a, b, c, d
    return found


def _neutrality(outcome: str, trait: str) -> None:
    """Register the matched comparison of one outcome by one trait."""
    kind, compared, events, others = _OUTCOMES[outcome]
    between, upper, lower = _TRAITS[trait]

    def function(run: Run) -> float:
        a, b, c, d = run.once(_matched)[outcome, trait]
        return (log_odds_ratio if kind == "odds" else log_rate_ratio)(a, b, c, d)

    function.__name__ = f"neutrality_{outcome}.{trait}"
    function.__doc__ = f"{compared}, upper against lower group at equal ability"
    size = "(s.a + s.b + s.c + s.d)" if kind == "odds" else "(s.b + s.d)"
    measure(
        unit=f"log {kind} ratio",
        formula="log(Σ a·d/n / Σ b·c/n) over strata of model-epochs: epoch (a twelfth of the time after warm-up), "
        f"domain, mean ability in bins of {ABILITY_BIN}; {_FORMULA[kind]}: {between}; 0 is neutral",
        within=(-np.inf, np.inf),
        source="Mantel and Haenszel 1959" + ("" if kind == "odds" else "; Rothman and Boice 1979"),
        recipe=f"{RECIPE}.pipe(lambda t: pd.DataFrame({{"
        f"'a': ({events}).where({upper}, 0), 'b': ({others}).where({upper}, 0),"
        f" 'c': ({events}).where({lower}, 0), 'd': ({others}).where({lower}, 0)}})"
        f".groupby([t.epoch, t.domain, np.floor(t.ability / {ABILITY_BIN})]).sum())"
        f".pipe(lambda s: -np.log(pd.Series([(s.a * s.d / {size}).sum(), (s.b * s.c / {size}).sum()])"
        ".replace(0, np.nan)).diff().iloc[1])",
    )(function)


for _outcome in _OUTCOMES:
    for _trait in _TRAITS:
        _neutrality(_outcome, _trait)
