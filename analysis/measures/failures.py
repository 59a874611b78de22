"""What becomes of failures: derailing turn by turn, rescue by retries, what nobody noticed, and on whom it fell."""

import math

from analysis.measure import in_summary, measure
from analysis.run import Run

_STAY = (
    "(lambda c, d: min(max((1 - (1 - c) / (1 - d)) / c, 0), 1))"
    "(1 - summary['sessions'] / summary['turns'], models.attempts_derailed.sum() / models.attempts.sum())"
)


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else math.nan


def _sum(run: Run, table: str, *names: str) -> float:
    return math.fsum(run.once(_total, table, name) for name in names)


def _total(run: Run, table: str, name: str) -> float:
    return run[table][name].sum()


def stay_rate(goes_on: float, derailed: float) -> float:
    """Chance that a session that is not derailed is not derailed a turn later, from two shares.

    With K geometric, ``goes_on`` = c the chance of another turn, and a constant chance q to derail in each later turn,
    the share of turns not derailed is (1 - c) Σ_k (c·(1 - q))^(k-1) = (1 - c) / (1 - c·(1 - q)) = 1 - ``derailed``.
    NaN where sessions have one turn, or every turn is derailed.
    """
    if not 0.0 < goes_on < 1.0 or not derailed < 1.0:
        return math.nan
    return min(max((1.0 - (1.0 - goes_on) / (1.0 - derailed)) / goes_on, 0.0), 1.0)


def _stays(run: Run) -> float:
    turns = in_summary(run, "turns")
    return stay_rate(
        1.0 - in_summary(run, "sessions") / turns if turns else math.nan,
        _share(_sum(run, "models", "attempts_derailed"), _sum(run, "models", "attempts")),
    )


@measure(
    unit="share of attempts",
    formula="Σ attempts_derailed / Σ attempts over models",
    within=(0.0, 1.0),
    source="Turnstile, docs/model.md, M4",
    recipe="models.attempts_derailed.sum() / models.attempts.sum()",
)
def derailed_share(run: Run) -> float:
    """Share of attempts in a session that was derailed on the model."""
    return _share(_sum(run, "models", "attempts_derailed"), _sum(run, "models", "attempts"))


def _survival(k: int) -> None:
    def function(run: Run) -> float:
        return _stays(run) ** (k - 1)

    function.__name__ = f"survival_{k}"
    function.__doc__ = f"Share of sessions not derailed in turn {k}, were each later turn as risky as the others."
    measure(
        unit="share of sessions",
        formula=f"((1 - (1 - c) / (1 - derailed_share)) / c)^{k - 1}, c = 1 - sessions / turns; recaps and moves to "
        "other models are netted off, and derailed sessions count by their attempts",
        within=(0.0, 1.0),
        source="moments of a geometric session with a constant hazard; Laban et al. 2025",
        recipe=f"{_STAY} ** {k - 1}",
    )(function)


for _k in (2, 5, 10):
    _survival(_k)


@measure(
    unit="share of first failures",
    formula="Σ self_rescued / Σ (turns - first_good) over models",
    within=(0.0, 1.0),
    source="Turnstile, docs/model.md, M6",
    recipe="models.self_rescued.sum() / (models.turns - models.first_good).sum()",
)
def self_rescued_share(run: Run) -> float:
    """Share of turns whose first attempt failed that a retry on the same model mended."""
    return _share(_sum(run, "models", "self_rescued"), _first_failures(run))


@measure(
    unit="share of first failures",
    formula="Σ rescued / Σ (turns - first_good) over models",
    within=(0.0, 1.0),
    source="Turnstile, docs/model.md, M6",
    recipe="models.rescued.sum() / (models.turns - models.first_good).sum()",
)
def rescued_share(run: Run) -> float:
    """Share of turns whose first attempt failed that another model mended."""
    return _share(_sum(run, "models", "rescued"), _first_failures(run))


def _first_failures(run: Run) -> float:
    """Turns without a good first attempt, the few in flight at the end among them."""
    return _sum(run, "models", "turns") - _sum(run, "models", "first_good")


@measure(
    unit="share of lost turns",
    formula="turns_bad_unnoticed / (turns_bad_unnoticed + turns_failed)",
    within=(0.0, 1.0),
    source="Turnstile, docs/model.md, M6",
    recipe="summary['turns_bad_unnoticed'] / (summary['turns_bad_unnoticed'] + summary['turns_failed'])",
)
def unnoticed_share(run: Run) -> float:
    """Share of the turns without a good answer of which the user noticed nothing."""
    unnoticed = in_summary(run, "turns_bad_unnoticed")
    return _share(unnoticed, unnoticed + in_summary(run, "turns_failed"))


BEARERS = {
    "developers": ("developer_lost", "developer_slashed", "developer_retries"),
    "users": ("users_unanswered", "users_bad", "users_delay", "users_retries"),
    "network": ("network_retries",),
}
"""Who bears the credits that failures cost: columns of ``incidence``."""


def _borne(bearer: str) -> None:
    columns = BEARERS[bearer]
    words = "the network" if bearer == "network" else bearer
    everything = [name for names in BEARERS.values() for name in names]

    def function(run: Run) -> float:
        return _share(_sum(run, "incidence", *columns), _sum(run, "incidence", *everything))

    function.__name__ = f"borne_by_{bearer}"
    function.__doc__ = f"Share of what failures cost in credits that falls on {words}"
    measure(
        unit="share of credits",
        formula=f"Σ ({' + '.join(columns)}) / Σ of all columns developer_*, users_*, network_* of incidence",
        within=(0.0, 1.0),
        source="Turnstile, docs/model.md, M15",
        recipe=f"incidence[{list(columns)}].sum().sum() / incidence[{everything}].sum().sum()",
    )(function)


for _bearer in BEARERS:
    _borne(_bearer)


@measure(
    unit="share of turns not answered well by their model",
    formula="Σ others_rescued / Σ (turns_failed + turns_bad_unnoticed + rescued) of incidence",
    within=(0.0, 1.0),
    source="Turnstile, docs/model.md, M15",
    recipe="incidence.others_rescued.sum() / incidence[['turns_failed', 'turns_bad_unnoticed', 'rescued']].sum().sum()",
)
def borne_by_others(run: Run) -> float:
    """Share of the turns that a model failed which fell on others, who answered in its place."""
    return _share(
        _sum(run, "incidence", "others_rescued"),
        _sum(run, "incidence", "turns_failed", "turns_bad_unnoticed", "rescued"),
    )
