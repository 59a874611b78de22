"""M14: which keys governance can change during a run, which metrics it can hold, and the check of its plans."""

import difflib
import math
import operator
import typing
from functools import cache

from sim.config.economy import Controller, Schedule
from sim.config.schema import Config, Key, keys
from sim.errors import InputError, nearest, shown

SECTIONS = ("economy", "evidence", "gauntlet", "governance", "router", "stake")
"""The rules of the network, which it can change. All else is the world: who asks, who builds, what can be built."""

_DATA_PLANE = "which the data plane reads once, at the start"
_WORLD = "which is part of the world, not of the network's rules"

FIXED = {
    "evidence.audit": _DATA_PLANE,
    "evidence.windows": "which sizes what is kept, at the start",
    "gauntlet.benches": "which are built once, at the start",
    "governance.barred_stars": "which says whom the run is without, from the start",
    "router.ewma_tau_s": _DATA_PLANE,
    "router.envoy": _DATA_PLANE,
    "router.litellm": _DATA_PLANE,
    "router.finagle": _DATA_PLANE,
    "retry": _DATA_PLANE,
    "service": _DATA_PLANE,
    "stake.delegation.supply": _WORLD,
    "stake.delegation.exponent": _WORLD,  # how co-stakers choose
    "economy.treasury": "which is what the treasury starts with",
    "economy.interest": _WORLD,
    "economy.value": _WORLD,  # as the next three, the yardstick of welfare
    "economy.delay_cost": _WORLD,
    "economy.bad_cost": _WORLD,
    "economy.churn_cost": _WORLD,
}
"""Keys and sections with numbers that are no levers, and why not."""

METRICS = (
    "sessions", "turns", "attempts", "turns_ok", "turns_failed", "turns_bad_unnoticed", "turns_in_flight",
    "success_rate", "retry_share", "retries_denied", "house_turns", "panic_attempts", "damage_crossed",
    "sessions_away", "departures", "latency_p50_s", "latency_p99_s", "hhi", "gini", "top1_share", "nakamoto_33",
    "nakamoto_51", "retry_cost_credits", "value_of_answers", "slot_days_used", "slot_days_wasted", "developers",
    "sandbox", "admitted", "staked", "delegated", "treasury_held", "wealth", "strictness", "arrivals", "exits",
    "bankruptcies", "refine_started", "fork_started", "harden_started", "data_started", "experiments_started",
    "experiments_submitted", "experiments_admitted", "ideas_had", "ideas_shelved", "submissions", "admissions",
    "sandboxed", "rejections", "ejections", "expiries", "refine_hours", "experiment_hours", "harden_hours",
    "data_hours", "cleanup_hours", "study_hours", "rehearse_hours", "wait_hours", "total_hours", "building_hours",
    "project_cost", "rehearsal_cost", "fees", "grants", "revenue", "slashed", "burned", "minted", "staked_days",
    "trust_friction", "user_value", "developer_surplus", "treasury", "costaker_surplus", "welfare", "unhealthy",
    "queued", "busy_slots",
)  # fmt: skip
"""The columns of the timeline but ``day``: what a controller can hold."""

_CLASSES = ("gauntlet.edge", "gauntlet.adversarial")


@cache
def levers() -> dict[str, Key]:
    """Every key that governance can change during a run, by its dotted name."""
    return {name: key for name, key in keys().items() if _numeric(key) and _why_fixed(name) is None}


def current(config: Config, lever: str) -> float | None:
    """The value of ``lever``."""
    return operator.attrgetter(lever)(config)


def check(config: Config) -> None:
    """Refuse schedules and controllers that cannot be followed. Raises ``InputError``."""
    moved: dict[str, list[float]] = {}
    for i, schedule in enumerate(config.governance.schedules):
        where = f"governance.schedules[{i}]"
        _lever(config, where, schedule, needs_start=schedule.shape == "ramp")
        _within(f"{where}.value", schedule.value, schedule.lever)
        moved.setdefault(schedule.lever, []).append(schedule.value)
    for i, controller in enumerate(config.governance.controllers):
        where = f"governance.controllers[{i}]"
        _lever(config, where, controller, needs_start=True)
        if controller.lever in moved:
            found = f"found {shown(controller.lever)}, which is scheduled or steered already"
            raise InputError(f"{where}.lever: {found}; allowed is one controller, or schedules")
        _controller(config, where, controller)
        moved[controller.lever] = [controller.low, controller.high]
    most = sum(max([current(config, name), *moved.get(name, ())]) for name in _CLASSES)
    if most > 1:
        raise InputError(f"{' + '.join(_CLASSES)}: found levers that may reach {most:g}; allowed is at most 1")


def _numeric(key: Key) -> bool:
    return "low" in key.meta and typing.get_origin(key.kind) is not list


def _why_fixed(name: str) -> str | None:
    parts = name.split(".")
    for n in range(len(parts), 0, -1):
        if reason := FIXED.get(".".join(parts[:n])):
            return reason
    return None if parts[0] in SECTIONS else _WORLD


def _lever(config: Config, where: str, moved: Schedule | Controller, needs_start: bool) -> None:
    name = moved.lever
    if name not in levers():
        key = keys().get(name)
        why = "which is no key" if key is None else _why_fixed(name) if _numeric(key) else "which is no single number"
        raise InputError(f"{where}.lever: found {shown(name)}, {why}; {_nearest_lever(name)}")
    if needs_start and current(config, name) is None:
        raise InputError(f"{where}.lever: found {shown(name)}, which is null; allowed is a lever that has a number")


def _nearest_lever(name: str) -> str:
    same_word = [lever for lever in levers() if lever.rpartition(".")[2] == name.rpartition(".")[2]]
    near = difflib.get_close_matches(name, levers(), n=1, cutoff=0.5)
    return nearest(name, same_word or near or [f"{section}.*" for section in SECTIONS])


def _controller(config: Config, where: str, controller: Controller) -> None:
    name, low, high = controller.lever, controller.low, controller.high
    if controller.metric not in METRICS:
        raise InputError(f"{where}.metric: found {shown(controller.metric)}; {nearest(controller.metric, METRICS)}")
    _within(f"{where}.low", low, name)
    _within(f"{where}.high", high, name)
    if low > high:
        raise InputError(f"{where}.low: found {low:g}; allowed is at most {where}.high ({high:g})")
    start = current(config, name)
    if not low <= start <= high:
        raise InputError(f"{name}: found {start:g}; allowed is {low:g} to {high:g}, between which {where} steers it")


def _within(where: str, value: float, lever: str) -> None:
    key = levers()[lever]
    low, high, above, below = (key.meta[name] for name in ("low", "high", "above", "below"))
    whole = int in (key.kind, *typing.get_args(key.kind))
    if not (low <= value <= high and above < value < below) or (whole and value != int(value)):
        start = f"above {above:g}" if above > -math.inf else f"from {low:g}"
        end = f"below {below:g}" if below < math.inf else f"to {high:g}"
        kind = "a whole number" if whole else "a number"
        raise InputError(f"{where}: found {value:g}; allowed is, as for {lever}, {kind} {start} {end}")
