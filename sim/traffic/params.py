"""The parameters of the data plane as one record, which both planes read."""

import numpy as np

from sim.config import Config
from sim.units import DAY_S

NOISES = ("fixed", "lognormal", "exponential")
PATIENCES = ("none", "fixed", "exponential", "lognormal")
TARGETS = ("same", "fresh", "fallback")
BACKOFFS = ("none", "constant", "exponential", "decorrelated")
JITTERS = ("none", "full", "equal", "subtract", "add", "around", "memoryless")
BUDGETS = ("none", "ratio", "active", "throttle", "quota")
DISPATCHES = ("weighted", "power_of_two", "power_of_two_ewma", "least_busy")
HEALTHS = ("none", "envoy", "litellm", "finagle")
FAILURES = ("bad", "timeout", "rejected")
"""Kinds of failure, in the order of their bits in a mask."""

MILLI = 1000
"""Retry budgets count in thousandths of a token, so that they are integers in both planes."""

PARAMS = np.dtype(
    [
        ("seed", "u8"),
        ("grid", "f8"),  # units of the time grid per s
        ("unit", "f8"),  # s: one of them
        # response
        ("shared", "f8"),  # √κ
        ("kin", "f8"),  # √ξ
        ("own", "f8"),  # √(1-κ-ξ)
        ("gamma", "f8"),
        ("follow", "f8"),
        ("recap", "f8"),
        ("drift_hazard", "f8"),
        ("detect", "f8"),
        ("leave", "f8"),
        ("tolerance", "f8"),
        ("away_s", "f8"),
        ("audit", "f8"),
        # service
        ("noise", "i8"),
        ("noise_sigma", "f8"),
        ("patience", "i8"),
        ("patience_s", "f8"),
        ("patience_sigma", "f8"),
        ("queue_limit", "i8"),
        ("cancel", "i8"),
        # retry
        ("retries", "i8"),
        ("retry_kinds", "i8"),  # mask over FAILURES
        ("target", "i8"),
        ("backoff", "i8"),
        ("base_s", "f8"),
        ("factor", "f8"),
        ("cap_s", "f8"),
        ("jitter", "i8"),
        ("jitter_share", "f8"),
        ("immediate", "i8"),
        ("budget", "i8"),
        ("budget_ratio", "i8"),  # thousandths
        ("budget_floor", "i8"),  # thousandths
        ("budget_slot_s", "f8"),  # s of one of the ten slots of the window
        ("budget_capacity", "i8"),
        ("budget_cost", "i8"),
        ("budget_timeout_cost", "i8"),
        ("budget_refund", "i8"),
        # router
        ("dispatch", "i8"),
        ("tournament", "i8"),  # least_busy by tournament tree; 0: by scan
        ("sticky", "i8"),
        ("ewma_tau_s", "f8"),
        ("health", "i8"),
        ("health_kinds", "i8"),  # mask over FAILURES
        ("consecutive", "i8"),
        ("interval_s", "f8"),
        ("eject_base_s", "f8"),
        ("eject_max_s", "f8"),
        ("max_share", "f8"),
        ("min_models", "i8"),
        ("min_requests", "i8"),
        ("stdev_factor", "f8"),
        ("panic", "f8"),
        ("failure_share", "f8"),
        ("window_s", "f8"),
        ("logging", "i8"),
    ]
)


def pack(config: Config, *, tournament: bool, logging: bool) -> np.ndarray:
    """The record of ``config``, as an array of one."""
    service, response, retry, router = config.service, config.response, config.retry, config.router
    kappa, xi = config.calibration.kappa or 0.0, config.calibration.xi or 0.0
    values = {
        "seed": config.seed,
        "grid": 2.0**service.grid_bits,
        "unit": 2.0**-service.grid_bits,
        "shared": kappa**0.5,
        "kin": xi**0.5,
        "own": max(0.0, 1.0 - kappa - xi) ** 0.5,
        "tolerance": config.demand.tolerance,
        "away_s": config.demand.away_days * DAY_S,
        "audit": config.evidence.audit,
        "noise": NOISES.index(service.noise),
        "noise_sigma": service.noise_sigma,
        "patience": PATIENCES.index(service.patience),
        "patience_s": service.patience_s,
        "patience_sigma": service.patience_sigma,
        "queue_limit": 2**40 if service.queue_limit is None else service.queue_limit,
        "cancel": service.cancel,
        "retries": retry.retries,
        "retry_kinds": _mask(retry.kinds),
        "target": TARGETS.index(retry.target),
        "backoff": BACKOFFS.index(retry.backoff),
        "base_s": retry.base_s,
        "factor": retry.factor,
        "cap_s": retry.cap_s,
        "jitter": JITTERS.index(retry.jitter),
        "jitter_share": retry.jitter_share,
        "immediate": retry.immediate,
        "budget": BUDGETS.index(retry.budget.kind),
        "budget_ratio": round(retry.budget.ratio * MILLI),
        "budget_floor": round(retry.budget.floor * MILLI),
        "budget_slot_s": retry.budget.window_s / 10,
        "budget_capacity": round(retry.budget.capacity * MILLI),
        "budget_cost": round(retry.budget.cost * MILLI),
        "budget_timeout_cost": round(retry.budget.timeout_cost * MILLI),
        "budget_refund": round(retry.budget.refund * MILLI),
        "dispatch": DISPATCHES.index(router.dispatch),
        "tournament": tournament and router.dispatch == "least_busy",
        "sticky": router.sticky,
        "ewma_tau_s": router.ewma_tau_s,
        "health": HEALTHS.index(router.health),
        "health_kinds": _mask(router.health_kinds),
        "logging": logging,
        **{key: getattr(response, key) for key in ("gamma", "follow", "recap", "drift_hazard", "detect", "leave")},
        **_health(router),
    }
    # The sweep recurs, so its interval lies on the grid and is never nothing.
    values["interval_s"] = max(1.0, round(router.envoy.interval_s * values["grid"])) / values["grid"]
    record = np.zeros(1, PARAMS)
    for key, value in values.items():
        record[key] = value
    return record


def _mask(kinds: list[str]) -> int:
    return sum(1 << FAILURES.index(kind) for kind in set(kinds))


def _health(router) -> dict[str, float]:
    if router.health == "envoy":
        rule = router.envoy
        same = ("consecutive", "max_share", "min_models", "min_requests", "stdev_factor", "panic")
        times = {"eject_base_s": rule.base_s, "eject_max_s": rule.max_s}
        return {key: getattr(rule, key) for key in same} | times
    if router.health == "litellm":
        rule = router.litellm
        same = ("failure_share", "min_requests", "window_s")
        return {key: getattr(rule, key) for key in same} | {"eject_base_s": rule.cooldown_s}
    if router.health == "finagle":
        rule = router.finagle
        return {"consecutive": rule.consecutive, "eject_base_s": rule.base_s, "eject_max_s": rule.max_s}
    return {}
