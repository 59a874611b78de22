"""M3, M11: the keys of learning, of the landscape of ideas, of data sets, and of what a project does to a model."""

from dataclasses import dataclass

from sim.config.fields import LONG, choice, number, text


@dataclass(frozen=True)
class Learning:
    """M3: how models mature with traffic, and how they age."""

    v0: float = number(
        "V0: live turns in which the distance to the potential falls to 1/e; 0: born mature", "turns", 0, LONG
    )
    gap: float = number("logit potential - logit starting ability of an experiment at distance 0", "logit", 0, 10)
    gap_distance: float = number("what the share of changed bits adds to that gap", "logit", 0, 10)
    rawness: float = number("share by which h, e and drift of an experiment start higher, and s lower", low=0, high=0.9)
    staleness: float = number("logit ability that a model loses per day since it was last worked on", "logit/day", 0, 1)


@dataclass(frozen=True)
class Landscape:
    """M11: potential as fitness on an NK landscape (Kauffman 1993; Levinthal 1997)."""

    n: int = number("N: bits of a position", "bits", 1, 24)
    k: int = number("K: other bits on which the contribution of a bit depends; below N", "bits", 0, 23)
    mean: float = number("logit potential of the mean position", "logit", -5, 5)
    sd: float = number("sd of the logit potential over positions", "logit", 0, 5)
    redraw_days: float = number("mean time between redraws of one contribution of a domain; 0: never", "days", 0, LONG)
    ideas: int = number("q: positions of which an idea is the best", "positions", 1, 10_000)
    idea_days: float = number("mean time between two ideas of a developer", "days", above=0, high=LONG)
    worth: str = choice(
        "what an idea is worth: its own position, or (placebo) no more than the best one has", "own", "none"
    )


@dataclass(frozen=True)
class DataPlan:
    """One way to broaden the data of a model."""

    entries: int = number("entries that are added", "entries", 1, 1_000_000)
    noise: float = number("η: share of them with a wrong label", low=0, high=0.49)
    curation: float = number("c: entries are drawn ∝ p_k^c; 1 raw, above 1 common types first", low=0, high=3)


@dataclass(frozen=True)
class Data:
    """M11: data sets, their errors and what they miss."""

    effect: float = number(
        "factor on what data do to the logit success rate, to log spread and log hazard; 0: nothing", low=0, high=10
    )
    types: int = number("prompt types k = 1, 2, ...", "types", 2, 100_000)
    exponent: float = number("p_k ∝ k^-exponent", low=0, high=5)
    start: DataPlan = text("the data with which a model starts")
    plans: list[DataPlan] = text("ways to broaden them that a developer may choose from")
    error_floor: float = number("error of infinitely many clean entries", low=0, high=0.9)
    error_noise: float = number("error per share of wrong labels", low=0, high=2)
    error_scale: float = number("error of one clean entry above the floor", low=0, high=10)
    error_power: float = number("exponent at which that falls with entries·(1 - 2η)²", low=0, high=2)
    unseen: float = number("success on types that the data miss, relative to types they hold", low=0, high=1)
    thin_spread: float = number("exponent at which s falls with 1 - M; 0: M leaves it", low=0, high=5)
    thin_hazard: float = number(
        "h grows as 1 + this·M, and so does what a wording redraws; 0: M leaves both", low=0, high=20
    )
    entries_a_day: float = number("entries that one day of a data project gathers at most", "entries/day", 1, LONG)


@dataclass(frozen=True)
class Effort:
    """What a project of one kind takes, and what a developer believes of it before any experience."""

    days: float = number("length of the project", "days", above=0, high=10_000)
    cost: float = number("what each of its days costs", "credits/day", 0, 1e6)
    belief: float = number("believed change of the success rate", low=-1, high=1)
    doubt: float = number("sd of that belief", above=0, high=1)


@dataclass(frozen=True)
class Projects:
    """M11: what a developer can spend time on."""

    refine: Effort = text("flip one bit of one's best model")
    fork: Effort = text("flip one bit of the leading model of another developer")
    experiment: Effort = text("a long jump to an idea")
    harden: Effort = text("trade hours for hazard, penalties, drift and spread")
    data: Effort = text("broaden the data")
    harden_hazard: float = number("factor of hardening on hazard and drift; 1: none", low=0, high=1)
    harden_penalty: float = number("factor of hardening on class penalties; 1: none", low=0, high=1)
    harden_spread: float = number("share of the way to spread_max that hardening goes", low=0, high=1)
    spread_max: float = number("spread that hardening approaches", "logit", 0, 30)
    luck: float = number("sd of the logit potential between two builds of one project", "logit", 0, 5)
