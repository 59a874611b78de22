"""The configuration: every key with its type, range, unit and meaning; and the check of a composed one.

Values live in ``conf/``, each beside its source; this file says what they may be. ``parse`` turns the nested
mapping that Hydra composes into a frozen ``Config`` or raises ``InputError`` with one line that names the key.
"""

import math
import sys
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path

from sim.errors import InputError, nearest, shown


def config_folder() -> Path:
    """The folder of the Hydra configuration: inside the wheel, or beside the sources in a checkout."""
    inside = Path(__file__).parent / "_conf"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "conf"


def number(doc: str, unit: str = "1", low: float = -math.inf, high: float = math.inf, above: float = -math.inf):
    """A key that holds a finite number in [low, high], and greater than ``above`` where that is given."""
    return field(metadata={"doc": doc, "unit": unit, "low": low, "high": high, "above": above})


def choice(doc: str, *allowed: str):
    """A key that holds one of a few words (a list key: any of them)."""
    return field(metadata={"doc": doc, "unit": "", "allowed": allowed})


def text(doc: str):
    """A key that holds any text."""
    return field(metadata={"doc": doc, "unit": ""})


@dataclass(frozen=True)
class Demand:
    """M1: who asks what, and when."""

    kind: str = choice("arrival process of sessions", "poisson", "modulated", "trace")
    rate: float = number("offered turns", "turns/day", above=0, high=1e10)
    path: str | None = text("CSV trace to replay, plain or .gz (kind trace)")
    time_scale: float = number("factor on the trace's time stamps: 0.5 replays at twice the rate", above=0)
    loop: bool = text("start the trace again when it ends; then horizon_days must be given")
    sigma: list[float] = number("sd of each component of the drifting log-rate (kind modulated)", "log-rate", 0, 5)
    tau_s: list[float] = number("relaxation time of each component", "s", above=0)
    cycle: float = number("amplitude of the daily cycle of the log-rate (kind modulated)", "log-rate", 0, 3)
    cycle_peak_h: float = number("hour of the day at which the cycle peaks", "h", 0, 24)
    domains: int = number("number of domains D", "domains", 1, 1000)
    zipf: float = number("exponent of the domains' shares", low=0, high=10)
    edge: float = number("share of edge sessions", low=0, high=1)
    adversarial: float = number("share of adversarial sessions", low=0, high=1)
    turns_mean: float = number("mean turns of a session; turns are 1 + geometric", "turns", 1, 1000)
    think_median_s: float = number("median think time between turns (lognormal)", "s", 0)
    think_sigma: float = number("sd of the log think time", low=0, high=5)
    context_mu: float = number("mean log context tokens of a first turn", "log tokens", 0, 20)
    context_sigma: float = number("sd of the log context tokens of a first turn", low=0, high=5)
    followup_mu: float = number("mean log tokens that a later turn adds to the context", "log tokens", 0, 20)
    followup_sigma: float = number("sd of the log tokens that a later turn adds", low=0, high=5)
    output_mu: float = number("mean log output tokens", "log tokens", 0, 20)
    output_sigma: float = number("sd of the log output tokens", low=0, high=5)
    users: int = number("number of users", "users", 1, 100_000_000)
    tolerance: float = number("mean failed turns in a row after which a user leaves; 0: nobody leaves", "turns", 0)
    away_days: float = number("how long a user who left stays away", "days", above=0)


@dataclass(frozen=True)
class System:
    """One calibrated system: its mean success rate and the spread of its success between tasks."""

    name: str = text("name of the system in its source")
    ability: float = number("mean success rate over tasks", above=0, high=1 - 1e-9)
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

    models: int = number("models", "models", 1, 1_000_000)
    developers: int = number("developers, who own the models in turn", "developers", 1, 1_000_000)
    fork_share: float = number("share of models that descend from an earlier model of their domain", low=0, high=1)
    ability_sd: float = number("sd of a model's logit ability around its system's", "logit", 0, 5)
    spread_sd: float = number("sd of a model's log spread around its system's", low=0, high=3)
    hazard: float = number("h: mean derail probability of a turn whose context fills the window", low=0, high=1)
    drift: float = number("mean probability that a good answer is drifted", low=0, high=1)
    edge_penalty: float = number("mean logit penalty of the edge class", "logit", 0, 20)
    adversarial_penalty: float = number("mean logit penalty of the adversarial class", "logit", 0, 20)
    variation: float = number("coefficient of variation of hazard, drift and penalties between models", low=0, high=2)
    brilliance: float = number("v: sd of the log value of a good answer", low=0, high=3)
    window_tokens: float = number("context window", "tokens", above=0)
    ttft_s: float = number("median time to first token", "s", 0)
    tokens_per_s: float = number("median decoding speed", "tokens/s", above=0)
    speed_sd: float = number("sd of the log of both between models", low=0, high=3)
    slots: int = number("mean slots of a model, each serving one request at once (1 + Poisson)", "slots", 1, 1_000_000)
    price: float = number("median price of an attempt", "credits", 0)
    price_sd: float = number("sd of the log price between models", low=0, high=3)
    demo_prompts: int = number("prompts of the demonstration that a model's first-pass score comes from", "prompts", 1, 100_000)
    house_ability: float = number("ability of the unpaid house model of each domain", above=0, high=1 - 1e-9)
    house_slots: int = number("slots of a house model", "slots", 1, 1_000_000)


@dataclass(frozen=True)
class Service:
    """M5: how long service takes, how long users wait, what happens to abandoned work."""

    noise: str = choice("law of the service time around ttft + tokens/speed", "lognormal", "exponential", "fixed")
    noise_sigma: float = number("sd of the log service time (noise lognormal; its mean stays 1)", low=0, high=3)
    patience: str = choice("law of a user's patience with one attempt", "none", "fixed", "exponential", "lognormal")
    patience_s: float = number("its mean, or median (lognormal); covers wait and service", "s", above=0)
    patience_sigma: float = number("sd of the log patience (lognormal)", low=0, high=3)
    queue_limit: int | None = number("requests that may wait for one model; null: no limit", "requests", 0, 2**31 - 1)
    cancel: bool = text("abandoned work is cancelled; false: it keeps its place and burns its slot")
    grid_bits: int = number("times are multiples of 2**-grid_bits s", "bits", 0, 24)


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


@dataclass(frozen=True)
class Budget:
    """M6: what bounds retries beside their number. One budget per client."""

    kind: str = choice("none, ratio (Finagle), active (Envoy), throttle (gRPC), quota (AWS)",
                       "none", "ratio", "active", "throttle", "quota")
    ratio: float = number("retries per first attempt (ratio); share of active requests (active)", low=0, high=10)
    floor: float = number("retries always allowed: per s (ratio), at once (active)", "1/s or requests", 0)
    window_s: float = number("time after which a deposit expires (ratio)", "s", above=0)
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
    base_s: float = number("wait before the first retry", "s", 0)
    factor: float = number("growth from one retry to the next (exponential, decorrelated)", low=1, high=100)
    cap_s: float = number("longest wait", "s", 0)
    jitter: str = choice("none, full U(0,w), equal w/2+U(0,w/2), subtract w·U(1-share,1), add w+U(0,share), "
                         "around w·U(1-share,1+share), memoryless w·Exp(1)",
                         "none", "full", "equal", "subtract", "add", "around", "memoryless")
    jitter_share: float = number("share (subtract, around) or seconds (add) of the jitter", low=0, high=10)
    immediate: bool = text("do not wait while the domain has other healthy models")
    clients: int = number("gateways that keep a budget each; a user always uses the same one", "clients", 1, 1_000_000)
    payer: str = choice("who pays for attempts after the first", "user", "network", "developer")
    budget: Budget = text("the retry budget")


@dataclass(frozen=True)
class Evidence:
    """M7: what the network remembers and how sure it wants to be."""

    half_life_days: float = number("half-life of evidence", "days", above=0)
    quantile: float = number("δ: probability that the true rate is below the lower bound", above=0, high=0.5)
    bound: str = choice("what confidence is", "lower", "mean", "upper")
    prior_good: float = number("prior count of good outcomes", "counts", above=0)
    prior_bad: float = number("prior count of bad outcomes", "counts", above=0)
    audit: float = number("share of sessions whose outcomes become evidence", low=0, high=1)
    visibility: float = number("ω: how much of a rescued failure is remembered", low=0, high=1)
    design_effect: bool = text("divide counts by the design effect of turns that share a session")


@dataclass(frozen=True)
class Governance:
    """What the network requires of a model."""

    strictness: float = number("θ: admission confidence at which a model is admitted", low=0, high=1)
    hysteresis: float = number("how far confidence falls below θ before a model is ejected", low=0, high=1)


@dataclass(frozen=True)
class Proportional:
    """Weight C**alpha."""

    alpha: float = number("exponent on confidence", low=0, high=1000)


@dataclass(frozen=True)
class Softmax:
    """Weight exp(C/temperature)."""

    temperature: float = number("temperature on confidence", above=0)


@dataclass(frozen=True)
class EpsilonGreedy:
    """Greedy, but for a share spread evenly."""

    epsilon: float = number("share spread evenly over the admitted", low=0, high=1)


@dataclass(frozen=True)
class Thompson:
    """Weight = posterior probability of being the best."""

    draws: int = number("posterior draws per tick", "draws", 1, 1_000_000)


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
    s0: float = number("S0: stake that doubles the base", "credits", above=0)


@dataclass(frozen=True)
class OutlierEjection:
    """Envoy's outlier detection and panic threshold."""

    consecutive: int = number("failures in a row that eject a model", "failures", 1, 1_000_000)
    interval_s: float = number("time between sweeps for success-rate outliers", "s", above=0)
    base_s: float = number("ejection time per past ejection", "s", above=0)
    max_s: float = number("longest ejection", "s", above=0)
    max_share: float = number("share of a domain's models that may be ejected at once (one always may)", low=0, high=1)
    min_models: int = number("models with enough requests that a success-rate sweep needs", "models", 1)
    min_requests: int = number("requests in the interval that count as enough", "requests", 1)
    stdev_factor: float = number("how many sd below the mean success rate is an outlier", "sd", 0)
    panic: float = number("share of healthy models below which health is ignored", low=0, high=1)


@dataclass(frozen=True)
class Cooldown:
    """LiteLLM's cooldown."""

    failure_share: float = number("share of failed requests in the window that cools a model down", low=0, high=1)
    min_requests: int = number("requests in the window from which on that share counts", "requests", 1)
    window_s: float = number("length of the window", "s", above=0)
    cooldown_s: float = number("time without traffic", "s", above=0)


@dataclass(frozen=True)
class FailureAccrual:
    """Finagle's failure accrual by consecutive failures, with its probe after revival."""

    consecutive: int = number("failures in a row that mark a model dead", "failures", 1, 1_000_000)
    base_s: float = number("first time dead; doubles with each failed probe, equal jitter", "s", above=0)
    max_s: float = number("longest time dead", "s", above=0)


@dataclass(frozen=True)
class Router:
    """M10: allocation x health x dispatch."""

    allocation: str = text("weights at the tick: a name from `turnstile list routers`, or module:function")
    health: str = choice("who is left out between ticks", "none", "envoy", "litellm", "finagle")
    dispatch: str = choice("how one request picks", "weighted", "power_of_two", "power_of_two_ewma", "least_busy")
    sticky: bool = text("a session stays with the model that served it last")
    sandbox_share: float = number("ε: share of a domain's traffic spread evenly over its sandbox", low=0, high=1)
    share_cap: float = number("largest share of a domain's admitted traffic for one developer", above=0, high=1)
    slow_start_days: float = number("time over which a newly admitted model's weight rises to full", "days", 0)
    ewma_tau_s: float = number("decay time of the peak EWMA of latency", "s", above=0)
    health_kinds: list[str] = choice("failures that count against health", "timeout", "rejected", "bad")
    proportional: Proportional = text("of allocation proportional")
    softmax: Softmax = text("of allocation softmax")
    epsilon_greedy: EpsilonGreedy = text("of allocation epsilon_greedy")
    thompson: Thompson = text("of allocation thompson")
    cvar: Tail = text("of allocation cvar")
    stake_weighted: StakeWeighted = text("of allocation stake_weighted")
    envoy: OutlierEjection = text("of health envoy")
    litellm: Cooldown = text("of health litellm")
    finagle: FailureAccrual = text("of health finagle")


@dataclass(frozen=True)
class Output:
    """What a run writes beside its tables."""

    attempts: bool = text("write the attempt log, streamed to attempts.parquet")
    figures: bool = text("draw the run's figures")


@dataclass(frozen=True)
class Config:
    """One simulation, whole."""

    seed: int = number("root of all randomness", low=0, high=2**63 - 1)
    horizon_days: float | None = number("length of the run; null: to the trace's end", "days", above=0, high=36_500)
    warmup_days: float = number("time at the start that summary measures leave out", "days", 0)
    tick_s: float = number("time between two ticks of the scoreboard", "s", above=0)
    engine: str = choice("the data plane", "compiled", "reference")
    demand: Demand = text("who asks what, and when")
    calibration: Calibration = text("what real systems look like")
    population: Population = text("the models that serve")
    service: Service = text("how long service takes, how long users wait")
    response: Response = text("carryover, drift, and who notices a bad answer")
    retry: Retry = text("which failures are retried, where and when")
    evidence: Evidence = text("what the network remembers, and how sure it wants to be")
    governance: Governance = text("what the network requires")
    router: Router = text("allocation x health x dispatch")
    output: Output = text("what is written")


@dataclass(frozen=True)
class Key:
    """One key of the configuration: its dotted name, its type and what its field says of it."""

    name: str
    kind: type | types.UnionType
    meta: Mapping


def keys(section: type = Config, prefix: str = "") -> dict[str, Key]:
    """Every key by its dotted name, sections before what they hold, in the order of the schema."""
    found = {}
    hints = typing.get_type_hints(section)
    for f in fields(section):
        found[prefix + f.name] = Key(prefix + f.name, hints[f.name], f.metadata)
        if is_dataclass(hints[f.name]):
            found |= keys(hints[f.name], f"{prefix}{f.name}.")
    return found


def no_such_key(name: str) -> InputError:
    """The complaint about a key that the schema does not know: it offers the nearest, in whatever section that is."""
    known = keys()
    parent, _, last = name.rpartition(".")
    elsewhere = [k for k in known if k.rpartition(".")[2] == last]
    siblings = [k for k in known if k.rpartition(".")[0] == parent]
    top = [k for k in known if "." not in k]
    return InputError(f"{name}: no such key; {nearest(name, elsewhere or siblings or top)}")


def parse(raw: Mapping) -> Config:
    """Check a composed configuration and freeze it.

    Raises ``InputError`` naming the first key that is unknown, missing, of the wrong type, out of range or not
    finite, or a combination of keys that contradicts itself.
    """
    config = _section(Config, raw, "")
    _consistent(config)
    return config


def _section(kind: type, raw: object, prefix: str):
    if not isinstance(raw, Mapping):
        raise InputError(f"{prefix.rstrip('.') or 'configuration'}: found {shown(raw)}; allowed is a group of keys")
    known = {f.name: f for f in fields(kind)}
    hints = typing.get_type_hints(kind)
    for key in raw:
        if key not in known:
            raise no_such_key(prefix + (key if isinstance(key, str) and key.isprintable() else repr(key)))
    for key in known:
        if key not in raw:
            raise InputError(f"{prefix}{key}: missing; {known[key].metadata['doc']}")
    return kind(**{k: _value(hints[k], raw[k], prefix + k, f.metadata) for k, f in known.items()})


def _value(hint, raw, key: str, meta: Mapping):
    origin, options = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return None if raw is None else _value(options[0], raw, key, meta)
    if is_dataclass(hint):
        return _section(hint, raw, key + ".")
    if origin is list:
        if isinstance(raw, str | Mapping) or not hasattr(raw, "__iter__"):
            raise InputError(f"{key}: found {shown(raw)}; allowed is a list, such as [a,b]")
        return [_value(options[0], item, f"{key}[{i}]", meta) for i, item in enumerate(raw)]
    if hint is bool:
        if not isinstance(raw, bool):
            raise InputError(f"{key}: found {shown(raw)}; allowed are true and false")
        return raw
    if hint is str:
        return _word(raw, key, meta)
    return _number(hint, raw, key, meta)


def _word(raw, key: str, meta: Mapping) -> str:
    allowed = meta.get("allowed")
    if not isinstance(raw, str):
        words = f"one of {', '.join(allowed)}" if allowed else "text"
        raise InputError(f"{key}: found {shown(raw)}; allowed is {words}")
    if allowed and raw not in allowed:
        raise InputError(f"{key}: found {shown(raw)}; allowed are {', '.join(allowed)}")
    return raw


def _number(hint: type, raw, key: str, meta: Mapping):
    whole = "a whole number" if hint is int else "a number"
    limits = _range(meta)
    number = isinstance(raw, int | float) and not isinstance(raw, bool) and abs(raw) <= sys.float_info.max
    fits = number and meta["low"] <= raw <= meta["high"] and raw > meta["above"] and (hint is float or raw == int(raw))
    if not fits:
        raise InputError(f"{key}: found {shown(raw)}; allowed is {whole} {limits}".rstrip())
    return hint(raw)


def _range(meta: Mapping) -> str:
    low, high, above, unit = meta["low"], meta["high"], meta["above"], meta["unit"]
    parts = []
    if above > -math.inf:
        parts.append(f"greater than {above:g}")
    elif low > -math.inf:
        parts.append(f"from {low:g}")
    if high < math.inf:
        parts.append(f"to {high:g}" if parts and above == -math.inf else f"up to {high:g}")
    return " ".join(parts) + (f" ({unit})" if unit not in ("", "1") else "")


def _consistent(c: Config) -> None:
    d, p = c.demand, c.population
    if d.edge + d.adversarial > 1:
        raise InputError(f"demand.edge + demand.adversarial: found {d.edge + d.adversarial:g}; allowed is at most 1")
    if len(d.sigma) != len(d.tau_s):
        raise InputError(f"demand.tau_s: found {len(d.tau_s)} values; allowed are {len(d.sigma)}, as in demand.sigma")
    if d.kind == "trace" and not d.path:
        raise InputError("demand.path: found null; with demand=trace it must name a CSV file")
    if c.horizon_days is None and (d.kind != "trace" or d.loop):
        raise InputError("horizon_days: found null; it must be given unless demand is a trace that is not looped")
    if c.horizon_days is not None and c.warmup_days >= c.horizon_days:
        limit = f"less than horizon_days ({c.horizon_days:g})"
        raise InputError(f"warmup_days: found {c.warmup_days:g}; allowed is {limit}")
    if (c.calibration.kappa or 0) + (c.calibration.xi or 0) > 1:
        raise InputError("calibration.kappa + calibration.xi: allowed is at most 1")
    if not c.calibration.systems:
        raise InputError("calibration.systems: found an empty list; allowed is at least one system")
    if p.models < d.domains:
        raise InputError(f"population.models: found {p.models}; allowed is at least demand.domains ({d.domains})")
    bits = c.service.grid_bits
    if (c.tick_s * 2.0**bits) % 1 != 0:
        raise InputError(f"tick_s: found {c.tick_s:g}; allowed is a multiple of the time grid, 2**-{bits} s")
