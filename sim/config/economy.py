"""M13-M15: the keys of money, of welfare and of governance."""

from dataclasses import dataclass

from sim.config.fields import LONG, choice, number, text


@dataclass(frozen=True)
class Economy:
    """M13, M15: who pays what, and what answers are worth."""

    pricing: str = choice(
        "what a user pays for a turn answered well: the posted fee, or the model's own price", "fee", "price"
    )
    fee: float = number("posted fee of a turn answered well", "credits", 0, 10_000)
    cut: float = number("share of it that goes to the treasury", low=0, high=1)
    treasury: float = number("what the treasury starts with", "credits", 0, 1e12)
    slot_rent: float = number("rent of a slot beyond those a model came with", "credits/day", 0, 1e6)
    interest: float = number("what locked stake costs its owner", "1/year", 0, 10)
    value: float = number("worth of a good answer to its user", "credits", 0, 10_000)
    delay_cost: float = number("what an hour of waiting for an answer costs its user", "credits/h", 0, 10_000)
    bad_cost: float = number("what an unnoticed bad answer costs its user", "credits", 0, 10_000)
    churn_cost: float = number("what the network loses with a user who leaves", "credits", 0, 1e6)


@dataclass(frozen=True)
class Schedule:
    """A lever that changes at a set time."""

    lever: str = text("dotted name of a numeric key")
    shape: str = choice("step at day, or a ramp from day over days", "step", "ramp")
    day: float = number("when it starts", "days", 0, 6000)
    days: float = number("length of the ramp", "days", 0, 6000)
    value: float = number("value from then on", "of the lever", -1e12, 1e12)


@dataclass(frozen=True)
class Controller:
    """A lever that is steered, tick by tick, to hold a public metric."""

    lever: str = text("dotted name of a numeric key")
    metric: str = text("key of the timeline")
    target: float = number("value to hold", "of the metric", -1e12, 1e12)
    gain: float = number(
        "change of the lever per day and unit by which the metric exceeds its target", "lever/(metric·day)", -1e9, 1e9
    )
    low: float = number("least value of the lever", "of the lever", -1e12, 1e12)
    high: float = number("greatest value of the lever", "of the lever", -1e12, 1e12)


@dataclass(frozen=True)
class Governance:
    """M14: what the network requires of a model, what it forgives, and how that changes."""

    strictness: float = number("θ: admission confidence at which a model is admitted", low=0, high=1)
    hysteresis: float = number("how far confidence falls below θ before a model is ejected", low=0, high=1)
    immunity_days: float = number("time after admission in which a model is not ejected", "days", 0, LONG)
    sandbox_strictness: float = number("admission confidence from which a submission enters the sandbox", low=0, high=1)
    sandbox_days: float | None = number("time after which the sandbox expires; null: never", "days", 0, LONG)
    ban_days: float | None = number(
        "time after ejection until the sandbox; null: only by resubmission", "days", 0, LONG
    )
    inheritance: float = number(
        "ρ: share of its developer's and its lineage's evidence that a new version inherits", low=0, high=1
    )
    amnesty: int = number(
        "first failures of a developer whose fee is given back, and that are not slashed", "failures", 0, 100_000
    )
    grant: float = number(
        "evaluation grant: share of the fee that the treasury pays where wealth is below the median", low=0, high=1
    )
    barred: list[int] = number("models that are never routed, by their number in the tables", "models", 0, LONG)
    barred_stars: int = number(
        "models that are never routed besides: so many of those of the start that have the best demo scores, ties by "
        "number", "models", 0, LONG,
    )  # fmt: skip
    schedules: list[Schedule] = text("levers that change at set times")
    controllers: list[Controller] = text("levers that are steered")
