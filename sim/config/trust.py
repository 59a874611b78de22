"""M7: the keys of evidence."""

from dataclasses import dataclass

from sim.config.fields import LONG, choice, number, text


@dataclass(frozen=True)
class Evidence:
    """M7: what the network remembers and how sure it wants to be."""

    half_life_days: float = number("half-life of evidence", "days", above=0, high=LONG)
    quantile: float = number("δ: probability that the true rate is below the lower bound", above=0, high=0.5)
    bound: str = choice("what confidence is", "lower", "mean", "upper")
    prior_good: float = number("prior count of good outcomes", "counts", above=0, high=LONG)
    prior_bad: float = number("prior count of bad outcomes", "counts", above=0, high=LONG)
    audit: float = number("share of sessions whose outcomes become evidence", low=0, high=1)
    visibility: float = number("ω: how much of a rescued failure is remembered", low=0, high=1)
    pool: float = number(
        "clusters by which a model's intraclass correlation is shrunk to the network's", "clusters", above=0, high=LONG
    )
    windows: int = number("windows between ticks kept apart, for the tail of a success rate", "windows", 1, 10_000)
    design_effect: bool = text("divide counts by the design effect of turns that share a session")

