"""M10: the keys of the router, and of the rules that it can be made of."""

from dataclasses import dataclass

from sim.config.fields import LONG, choice, number, text


@dataclass(frozen=True)
class Proportional:
    """Weight C**alpha."""

    alpha: float = number("exponent on confidence", low=0, high=1000)


@dataclass(frozen=True)
class Showcase:
    """Weight (first-pass demo score)**alpha."""

    alpha: float = number("exponent on the demo score", low=0, high=1000)


@dataclass(frozen=True)
class Softmax:
    """Weight exp(C/temperature)."""

    temperature: float = number("temperature on confidence", low=1e-6, high=LONG)


@dataclass(frozen=True)
class EpsilonGreedy:
    """Greedy, but for a share spread evenly."""

    epsilon: float = number("share spread evenly over the admitted", low=0, high=1)


@dataclass(frozen=True)
class Tail:
    """Weight CVaR**alpha."""

    level: float = number("share of worst windows whose mean success counts", above=0, high=1)
    alpha: float = number("exponent", low=0, high=1000)


@dataclass(frozen=True)
class StakeWeighted:
    """Weight C**alpha · (1 + S/S0)**beta."""

    alpha: float = number("exponent on confidence", low=0, high=1000)
    beta: float = number("exponent on stake", low=0, high=100)
    s0: float = number("S0: stake that doubles the base", "credits", above=0, high=LONG)


@dataclass(frozen=True)
class OutlierEjection:
    """Envoy's outlier detection and panic threshold."""

    consecutive: int = number("failures in a row that eject a model", "failures", 1, 1_000_000)
    interval_s: float = number("time between sweeps for success-rate outliers", "s", 1, LONG)
    base_s: float = number("ejection time per past ejection", "s", above=0, high=LONG)
    max_s: float = number("longest ejection", "s", above=0, high=LONG)
    max_share: float = number("share of a domain's models that may be ejected at once (one always may)", low=0, high=1)
    min_models: int = number("models with enough requests that a success-rate sweep needs", "models", 1, 1_000_000)
    min_requests: int = number("requests in the interval that count as enough", "requests", 1, 1_000_000_000)
    stdev_factor: float = number("how many sd below the mean success rate is an outlier", "sd", 0, LONG)
    panic: float = number("share of healthy models below which health is ignored", low=0, high=1)


@dataclass(frozen=True)
class Cooldown:
    """LiteLLM's cooldown."""

    failure_share: float = number("share of failed requests in the window that cools a model down", low=0, high=1)
    min_requests: int = number("requests in the window from which on that share counts", "requests", 1, 1_000_000_000)
    window_s: float = number("length of the window", "s", above=0, high=LONG)
    cooldown_s: float = number("time without traffic", "s", above=0, high=LONG)


@dataclass(frozen=True)
class FailureAccrual:
    """Finagle's failure accrual by consecutive failures, with its probe after revival."""

    consecutive: int = number("failures in a row that mark a model dead", "failures", 1, 1_000_000)
    base_s: float = number("first time dead; doubles with each failed probe, equal jitter", "s", above=0, high=LONG)
    max_s: float = number("longest time dead", "s", above=0, high=LONG)


@dataclass(frozen=True)
class Router:
    """M10: allocation x health x dispatch."""

    allocation: str = text("weights at the tick: a name from `turnstile list routers`, or module:function")
    health: str = choice("who is left out between ticks", "none", "envoy", "litellm", "finagle")
    dispatch: str = choice("how one request picks", "weighted", "power_of_two", "power_of_two_ewma", "least_busy")
    sticky: bool = text("a session stays with the model that served it last")
    sandbox_share: float = number("ε: share of a domain's traffic spread evenly over its sandbox", low=0, high=1)
    share_cap: float = number("largest share of a domain's admitted traffic for one developer", above=0, high=1)
    slow_start_days: float = number("time over which a newly admitted model's weight rises to full", "days", 0, LONG)
    slow_start_min: float = number("least factor of slow start", low=0, high=1)
    ewma_tau_s: float = number("decay time of the peak EWMA of latency", "s", above=0, high=LONG)
    health_kinds: list[str] = choice("failures that count against health", "timeout", "rejected", "bad")
    showcase: Showcase = text("of allocation showcase")
    proportional: Proportional = text("of allocation proportional")
    softmax: Softmax = text("of allocation softmax")
    epsilon_greedy: EpsilonGreedy = text("of allocation epsilon_greedy")
    cvar: Tail = text("of allocation cvar")
    stake_weighted: StakeWeighted = text("of allocation stake_weighted")
    envoy: OutlierEjection = text("of health envoy")
    litellm: Cooldown = text("of health litellm")
    finagle: FailureAccrual = text("of health finagle")
