"""M2, M4: the keys of the models and of how they answer."""

from dataclasses import dataclass

from sim.config.fields import LONG, choice, number, text


@dataclass(frozen=True)
class System:
    """One calibrated system: its mean success rate and the spread of its success between tasks."""

    name: str = text("name of the system in its source")
    ability: float = number("mean success rate over tasks", above=1e-9, below=1)
    spread: float = number("s: sd of the logit success rate between tasks", "logit", 0, 30)
    source: str = text("where the trials come from")


@dataclass(frozen=True)
class Calibration:
    """What real systems look like: models of the population are drawn from these."""

    name: str = text("name of the preset")
    source: str = text("data it was fitted to")
    kappa: float | None = number("κ: share of task difficulty common to all models; null counts as 0", low=0, high=1)
    xi: float | None = number("ξ: further share common to a lineage; null counts as 0", low=0, high=1)
    systems: list[System] = text("systems, each drawn with equal chance")


@dataclass(frozen=True)
class Population:
    """M2: the models that serve, and what they differ in."""

    origin: str = choice(
        "where models at start come from: a calibrated system, or a place on the landscape", "calibration", "landscape"
    )
    models: int = number("models", "models", 1, 1_000_000)
    developers: int = number("developers, who own the models in turn", "developers", 1, 1_000_000)
    fork_share: float = number("share of models that descend from an earlier model of their domain", low=0, high=1)
    ability_sd: float = number("sd of a model's logit ability around its system's", "logit", 0, 5)
    spread: float | None = number("spread of every model's system; null: as calibrated", "logit", 0, 30)
    spread_sd: float = number("sd of a model's log spread around its system's", low=0, high=3)
    hazard: float = number("h: mean derail probability of a turn whose context fills the window", low=0, high=1)
    drift: float = number("mean probability that a good answer is drifted", low=0, high=1)
    edge_penalty: float = number("mean logit penalty of the edge class", "logit", 0, 20)
    adversarial_penalty: float = number("mean logit penalty of the adversarial class", "logit", 0, 20)
    variation: float = number("coefficient of variation of hazard, drift and penalties between models", low=0, high=2)
    brilliance: float = number("v: sd of the log value of a good answer", low=0, high=3)
    window_tokens: float = number("context window", "tokens", 1, LONG)
    ttft_s: float = number("median time to first token", "s", 0, LONG)
    tokens_per_s: float = number("median decoding speed", "tokens/s", above=0, high=LONG)
    speed_sd: float = number("sd of the log of both between models", low=0, high=3)
    slots: int = number("mean slots of a model, each serving one request at once (1 + Poisson)", "slots", 1, 1_000_000)
    price: float = number("median price of an attempt", "credits", 0, 10_000)
    price_sd: float = number("sd of the log price between models", low=0, high=3)
    demo_prompts: int = number("prompts of the demonstration behind the first-pass score", "prompts", 1, 100_000)
    house_ability: float = number("ability of the unpaid house model of each domain", above=1e-9, below=1)
    house_slots: int = number("slots of a house model", "slots", 1, 1_000_000)


@dataclass(frozen=True)
class Response:
    """M4, M6: carryover, drift, adversarial dispersion, and who notices a bad answer."""

    derail_penalty: float = number("b: logit penalty of a derailed session", "logit", 0, 30)
    gamma: float = number("γ: exponent of context/window in the derail hazard", low=0, high=10)
    follow: float = number("χ: probability that damage follows a session to another model", low=0, high=1)
    recap: float = number("probability that the user recaps at the start of a derailed turn", low=0, high=1)
    drift_hazard: float = number("factor that each drifted answer adds to the session's derail hazard", low=0, high=100)
    adversarial_dispersion: float = number("factor on the spread in the adversarial class", low=1, high=10)
    detect: float = number("probability that a bad answer is noticed", low=0, high=1)
    leave: float = number("probability that a failed turn ends its session", low=0, high=1)
