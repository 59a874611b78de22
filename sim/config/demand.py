"""M1: the keys of demand."""

from dataclasses import dataclass

from sim.config.fields import LONG, choice, number, text


@dataclass(frozen=True)
class Demand:
    """M1: who asks what, and when."""

    kind: str = choice("arrival process of sessions", "poisson", "modulated", "trace")
    rate: float = number("offered turns", "turns/day", 1e-6, 1e9)
    path: str | None = text("CSV trace to replay, plain or .gz (kind trace)")
    time_scale: float = number("factor on the trace's time stamps: 0.5 replays at twice the rate", above=0, high=LONG)
    loop: bool = text("start the trace again when it ends; then horizon_days must be given")
    sigma: list[float] = number("sd of each component of the drifting log-rate (kind modulated)", "log-rate", 0, 5)
    tau_s: list[float] = number("relaxation time of each component", "s", 0.01, LONG)
    cycle: float = number("amplitude of the daily cycle of the log-rate (kind modulated)", "log-rate", 0, 3)
    cycle_peak_h: float = number("hour of the day at which the cycle peaks", "h", 0, 24)
    domains: int = number("number of domains D", "domains", 1, 1000)
    zipf: float = number("exponent of the domains' shares", low=0, high=10)
    edge: float = number("share of edge sessions", low=0, high=1)
    adversarial: float = number("share of adversarial sessions", low=0, high=1)
    turns_mean: float = number("mean turns of a session; turns are 1 + geometric", "turns", 1, 1000)
    think_median_s: float = number("median think time between turns (lognormal)", "s", 0, LONG)
    think_sigma: float = number("sd of the log think time", low=0, high=5)
    context_mu: float = number("mean log context tokens of a first turn", "log tokens", 0, 20)
    context_sigma: float = number("sd of the log context tokens of a first turn", low=0, high=5)
    followup_mu: float = number("mean log tokens that a later turn adds to the context", "log tokens", 0, 20)
    followup_sigma: float = number("sd of the log tokens that a later turn adds", low=0, high=5)
    output_mu: float = number("mean log output tokens", "log tokens", 0, 20)
    output_sigma: float = number("sd of the log output tokens", low=0, high=5)
    users: int = number("number of users", "users", 1, 100_000_000)
    tolerance: float = number("mean failed turns in a row after which a user leaves; 0: none leaves", "turns", 0, LONG)
    away_days: float = number("how long a user who left stays away", "days", above=0, high=LONG)
