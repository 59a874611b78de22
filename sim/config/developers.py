"""M12: the keys of developers."""

from dataclasses import dataclass

from sim.config.fields import LONG, number, text


@dataclass(frozen=True)
class Endowment:
    """What developers start with, and how unequal they are."""

    wealth: float = number("mean wealth at arrival", "credits", 0, 1e9)
    wealth_sigma: float = number("sd of log wealth", low=0, high=5)
    wealth_deal: int = number("0: to each its own wealth; k: the same fortunes, shuffled among all for the k-th time",
                              "shuffles", 0, 1_000_000)  # fmt: skip
    running_cost: float = number("living costs", "credits/day", 0, 1e6)
    hours: float = number("working hours", "h/day", above=0, high=24)
    speed_sd: float = number("sd of the log length of one's projects", low=0, high=2)
    cost_sd: float = number("sd of the log cost of one's projects", low=0, high=2)
    skill_sd: float = number("sd of what skill adds to the logit potential of all one's models", "logit", 0, 3)
    risk_aversion: float = number("γ of CRRA utility, mean", low=0, high=20)
    risk_sd: float = number("sd of γ between developers", low=0, high=5)
    outside: float = number("what the outside option pays before living costs", "credits/day", 0, 1e6)


@dataclass(frozen=True)
class Cleanup:
    """Hours spent, unseen, before a submission; and effort that helps on known tasks alone."""

    hours: list[float] = number("cleanup hours to choose from", "h", 0, 10_000)
    c0: float = number("c0: hours that cut label noise, drift and penalties to 1/e", "h", above=0, high=10_000)
    lasting: float = number(
        "share of the cut that lasts in live use; the rest polishes what evaluation sees", low=0, high=1
    )
    study: list[float] = number("hours of studying known tasks to choose from", "h", 0, 10_000)
    study0: float = number("hours that bring familiarity to 1 - 1/e", "h", above=0, high=10_000)


@dataclass(frozen=True)
class Beliefs:
    """How developers learn from outcomes."""

    public: float = number(
        "weight of others' disclosed outcomes, and of a day of a public figure, beside one's own", low=0, high=1
    )
    memory: float = number("outcomes that a belief remembers, own ones first", "outcomes", 1, LONG)
    revenue: float = number("believed revenue of an admitted model before any experience", "credits/day", 0, 1e6)
    ejection: float = number("believed chance a day that an admitted model is ejected", "1/day", 0, 1)
    elasticity: float = number("believed exponent of revenue on the success rate", low=0, high=100)


@dataclass(frozen=True)
class Prospect:
    """Prospect theory: the estimates of Tversky and Kahneman (1992)."""

    curvature: float = number("exponent of the value of gains and losses", above=0, high=2)
    aversion: float = number("λ: how much more a loss weighs", low=0, high=20)
    gains: float = number("exponent of the weighting of probabilities of gains", above=0.28, high=2)
    losses: float = number("exponent of the weighting of probabilities of losses", above=0.28, high=2)


@dataclass(frozen=True)
class RothErev:
    """Reinforcement learning in games (Roth and Erev 1995; Erev and Roth 1998)."""

    initial: float = number("strength: initial propensity of each kind", "credits", above=0, high=1e9)
    recency: float = number("share of a propensity that is forgotten at each outcome", low=0, high=1)
    experimentation: float = number("share of an outcome that goes to the other kinds", low=0, high=1)


@dataclass(frozen=True)
class Developers:
    """M12: who builds, with what means, and how they decide."""

    policy: str = text("how they decide: a name from `turnstile list policies`, or module:function")
    arrivals: int = number(
        "developers who arrive during the run, beside those of the population", "developers", 0, 100_000
    )
    arrival_share: float = number("share of the run over which they arrive, evenly in expectation", above=0, high=1)
    endowment: Endowment = text("what they start with")
    horizon_days: float = number("how far ahead they look", "days", above=0, high=10_000)
    noise: float = number("logit choice: sd-like scale of the noise on the value of an option", "credits/day", 0, 1e6)
    rest_days: float = number("how long one waits before deciding again", "days", above=0, high=1000)
    patience_days: float = number("time for which leaving must look best before one leaves", "days", 0, 10_000)
    esteem: float = number("value of standing lost with a public failure", "credits", 0, 1e9)
    rehearsals: list[int] = number("numbers of rehearsals to choose from", "rehearsals", 0, 1000)
    stakes: list[float] = number("stakes to choose from, as shares of S0", low=0, high=1000)
    names: int = number("names under which each developer appears; above 1: sybils", "names", 1, 100)
    price_step: float = number("share by which a price is moved at a time; 0: prices stay", low=0, high=1)
    slot_step: bool = text("slots are rented and given back as traffic asks")
    cleanup: Cleanup = text("hours before a submission")
    beliefs: Beliefs = text("how they learn")
    prospect: Prospect = text("of policy prospect")
    roth_erev: RothErev = text("of policy roth_erev")
