"""M5, M6: the keys of service and retries."""

from dataclasses import dataclass

from sim.config.fields import LONG, choice, number, text


@dataclass(frozen=True)
class Service:
    """M5: how long service takes, how long users wait, what happens to abandoned work."""

    noise: str = choice("law of the service time around ttft + tokens/speed", "lognormal", "exponential", "fixed")
    noise_sigma: float = number("sd of the log service time (noise lognormal; its mean stays 1)", low=0, high=3)
    patience: str = choice("law of a user's patience with one attempt", "none", "fixed", "exponential", "lognormal")
    patience_s: float = number("its mean, or median (lognormal); covers wait and service", "s", above=0, high=LONG)
    patience_sigma: float = number("sd of the log patience (lognormal)", low=0, high=3)
    queue_limit: int | None = number("requests that may wait for one model; null: no limit", "requests", 0, 2**31 - 1)
    cancel: bool = text("abandoned work is cancelled; false: it keeps its place and burns its slot")
    grid_bits: int = number("times are multiples of 2**-grid_bits s", "bits", 0, 24)


@dataclass(frozen=True)
class Budget:
    """M6: what bounds retries beside their number. One budget per client."""

    kind: str = choice(
        "none, ratio (Finagle), active (Envoy), throttle (gRPC), quota (AWS)",
        "none",
        "ratio",
        "active",
        "throttle",
        "quota",
    )
    ratio: float = number("retries per first attempt (ratio); share of active requests (active)", low=0, high=10)
    floor: float = number("retries always allowed: per s (ratio), at once (active)", "1/s or requests", 0, LONG)
    window_s: float = number("time after which a deposit expires (ratio)", "s", above=0, high=LONG)
    capacity: float = number("tokens when full (throttle, quota)", "tokens", 0, 1e9)
    cost: float = number("tokens of one retry (quota), of one failure (throttle)", "tokens", 0, 1e6)
    timeout_cost: float = number("tokens of a retry after a timeout (quota)", "tokens", 0, 1e6)
    refund: float = number("tokens per success without retry (quota), per success (throttle)", "tokens", 0, 1e6)


@dataclass(frozen=True)
class Retry:
    """M6: which failures are retried, where, when and at whose cost."""

    retries: int = number("attempts after the first, at most", "attempts", 0, 1000)
    kinds: list[str] = choice("kinds of failure that are retried", "timeout", "rejected", "bad")
    target: str = choice("where a retry goes", "same", "fresh", "fallback")
    backoff: str = choice("growth of the wait before a retry", "none", "constant", "exponential", "decorrelated")
    base_s: float = number("wait before the first retry", "s", 0, LONG)
    factor: float = number("growth from one retry to the next (exponential, decorrelated)", low=1, high=100)
    cap_s: float = number("longest wait", "s", 0, LONG)
    jitter: str = choice(
        "none, full U(0,w), equal w/2+U(0,w/2), subtract w·U(1-share,1), add w+U(0,share), "
        "around w·U(1-share,1+share), memoryless w·Exp(1)",
        "none",
        "full",
        "equal",
        "subtract",
        "add",
        "around",
        "memoryless",
    )
    jitter_share: float = number("share (subtract, around) or seconds (add) of the jitter", low=0, high=10)
    immediate: bool = text("do not wait while the domain has other healthy models")
    clients: int = number("gateways that keep a budget each; a user always uses the same one", "clients", 1, 1_000_000)
    payer: str = choice("who pays for attempts after the first", "user", "network", "developer")
    budget: Budget = text("the retry budget")
