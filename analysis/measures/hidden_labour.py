"""Hidden labour: what developers do before anybody sees their work, and who does it."""

import math

import numpy as np

from analysis.averages import mean
from analysis.measure import measure, twin_measure
from analysis.run import Run
from analysis.twins import Twins

_TIERS = {"": None, "_poorest": 1, "_richest": 5}
"""Ending of a measure's name → tier of developers that it is about; None: all of them."""
_BUILDING = ("hours_refine", "hours_experiment", "hours_harden", "hours_data")
_PROVING = ("hours_cleanup", "hours_study", "hours_rehearse", "hours_wait")


def _hours(run: Run, tier: int | None, names: tuple[str, ...]) -> float:
    booked = run.once(_booked, tier)
    return math.fsum(booked[name] for name in names)


def _booked(run: Run, tier: int | None) -> dict[str, float]:
    """Hours of the tier's developers by what they went into."""
    developers = run["developers"]
    those = slice(None) if tier is None else developers["tier"] == tier
    return {name: developers[name][those].sum() for name in _BUILDING + _PROVING}


def _quality(run: Run, tier: int | None) -> float:
    """Σ ability of the models of the tier's developers that were submitted and ever admitted."""
    tiers, ability = run.once(_admitted)
    return float((ability if tier is None else ability[tiers == tier]).sum())


def _admitted(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """(tier of its developer, ability) of each model that was submitted and ever admitted."""
    models = run["models"]
    counted = ~np.isnan(models["admitted_day"]) & ~models.where("kind", "founder") & (models["developer"] >= 0)
    return run["developers"]["tier"][models["developer"][counted]], models["ability"][counted]


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def _of_tier(name: str, tier: int | None, about: str, of, **said) -> None:
    """Register ``of(run, tier)``; THOSE in the recipe are the tier's developers."""

    def function(run: Run) -> float:
        return of(run, tier)

    function.__name__ = name
    function.__doc__ = about + ("" if tier is None else f", by developers of tier {tier}")
    rows = "developers" if tier is None else f"developers[developers.tier == {tier}]"
    measure(**said | {"recipe": said["recipe"].replace("THOSE", rows)})(function)


for _ending, _tier in _TIERS.items():
    _of_tier(
        f"cleanup_share{_ending}", _tier, "Share of all hours that goes into cleaning up before a submission",
        lambda run, tier: _ratio(_hours(run, tier, ("hours_cleanup",)), _hours(run, tier, _BUILDING + _PROVING)),
        unit="share of hours", formula="Σ hours_cleanup / Σ hours over developers", within=(0.0, 1.0),
        source="Turnstile, docs/model.md, M12",
        recipe="THOSE.hours_cleanup.sum() / THOSE.filter(like='hours_').sum().sum()",
    )  # fmt: skip
    _of_tier(
        f"cleanup_per_quality{_ending}", _tier, "Hours of cleaning up for each sure answer admitted",
        lambda run, tier: _ratio(_hours(run, tier, ("hours_cleanup",)), _quality(run, tier)),
        unit="h per probability", within=(0.0, math.inf), source="Turnstile, docs/model.md, M12",
        formula="Σ hours_cleanup over developers / Σ ability over those of their models that were submitted and ever "
        "admitted",
        recipe="THOSE.hours_cleanup.sum() / models[models.admitted_day.notna() & (models.kind != 'founder')"
        " & models.developer.isin(THOSE.developer)].ability.sum()",
    )  # fmt: skip
    _of_tier(
        f"proving_per_building{_ending}", _tier, "Hours spent on being trusted for an hour of building",
        lambda run, tier: _ratio(_hours(run, tier, _PROVING), _hours(run, tier, _BUILDING)),
        unit="1", within=(0.0, math.inf), source="trust_friction of the summary, its hours alone",
        formula="Σ (hours_cleanup + hours_study + hours_rehearse + hours_wait) / Σ (hours_refine + hours_experiment + "
        "hours_harden + hours_data) over developers",
        recipe=f"THOSE[{list(_PROVING)}].sum().sum() / THOSE[{list(_BUILDING)}].sum().sum()",
    )  # fmt: skip


def _of_all(name: str, about: str, which: tuple[str, ...]) -> None:
    """Register the share of all hours of all developers that goes into ``which``."""
    _of_tier(
        name, None, about,
        lambda run, tier: _ratio(_hours(run, tier, which), _hours(run, tier, _BUILDING + _PROVING)),
        unit="share of hours", formula=f"Σ ({' + '.join(which)}) / Σ hours over developers", within=(0.0, 1.0),
        source="Turnstile, docs/model.md, M12",
        recipe=f"THOSE[{list(which)}].sum().sum() / THOSE.filter(like='hours_').sum().sum()",
    )  # fmt: skip


_of_all(
    "defensive_share", "Share of all hours that defend what there is: hardening and all that goes into being trusted",
    ("hours_harden", *_PROVING),
)  # fmt: skip
_of_all(
    "polish_share",
    "Share of all hours that goes into what evaluation sees: cleaning up, and study of known prompts",
    ("hours_cleanup", "hours_study"),
)


def _cleanup_shares(run: Run) -> np.ndarray:
    """Share of each developer's hours that is cleanup, (developers,); NaN for who booked none."""
    developers = run["developers"]
    hours = sum(developers[name] for name in _BUILDING + _PROVING)
    return np.divide(developers["hours_cleanup"], hours, out=np.full(len(hours), math.nan), where=hours > 0)


@twin_measure(
    unit="share of hours",
    formula="mean over developers who booked hours in both of hours_cleanup / Σ hours in the twin - the same in the "
    "run",
    within=(-1.0, 1.0),
    source="Turnstile, docs/model.md, M12",
    recipe="(lambda s: (s(developers_) - s(developers)).mean())(lambda d: d.hours_cleanup / "
    "d.filter(like='hours_').sum(axis=1))",
)
def cleanup_of_the_same(run: Run, twin: Run) -> float:
    """By how much more of its hours the same developer spends on cleaning up in the twin, each counting once."""
    Twins(run, twin)
    change = _cleanup_shares(twin) - _cleanup_shares(run)
    return mean(change[~np.isnan(change)])
