"""M14: the rules of the network as they change during a run: schedules, and controllers that hold a metric."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sim.config import Config
from sim.config.economy import Schedule
from sim.config.levers import current, levers


class Levers:
    """The rules that hold at each tick. ``config`` is where they start; its governance says how they move."""

    def __init__(self, config: Config):
        self._start = self._rules = config
        self._plans: dict[str, list[Schedule]] = {}
        for schedule in sorted(config.governance.schedules, key=lambda s: s.day):
            self._plans.setdefault(schedule.lever, []).append(schedule)
        self._controllers = config.governance.controllers
        self._steered = {c.lever: float(current(config, c.lever)) for c in self._controllers}

    def at(self, day: float, metrics: Mapping[str, float], days: float) -> Config:
        """The rules from the tick at ``day`` on. To be called once a tick.

        ``metrics`` the timeline's values of the window that ends here, and ``days`` its length; 0 at the first tick,
        when there is none and ``metrics`` is not read. A controller moves its lever x, from where it was, to

            x ← clip(x + gain·(metric - target)·days, low, high),

        and leaves it where the metric is not defined (NaN). Levers of whole numbers are rounded, the controller's own
        x is not. Sections in which no lever moved, and the whole where none did, are the same objects as before.
        """
        for lever, plan in self._plans.items():
            self._set(lever, scheduled(current(self._start, lever), plan, day))
        for c in self._controllers:
            if days > 0 and metrics and not math.isnan(excess := metrics[c.metric] - c.target):
                self._steered[c.lever] = min(max(self._steered[c.lever] + c.gain * excess * days, c.low), c.high)
            self._set(c.lever, self._steered[c.lever])
        return self._rules

    def _set(self, lever: str, value: float | None) -> None:
        if levers()[lever].kind is int:
            value = round(value)
        self._rules = with_value(self._rules, lever.split("."), value)


def scheduled(start: float | None, plan: Sequence[Schedule], day: float) -> float | None:
    """The value on ``day`` of a lever that is ``start`` before ``plan``, its schedules in the order of their days.

    The last schedule that has begun decides: a step gives its value; a ramp goes linearly there, within its ``days``,
    from the value on the day it began.
    """
    begun = [s for s in plan if s.day <= day]
    if not begun:
        return start
    *earlier, last = begun
    share = min((day - last.day) / last.days, 1.0) if last.shape == "ramp" and last.days > 0 else 1.0
    if share == 1.0:
        return last.value
    origin = scheduled(start, earlier, last.day)
    return origin + share * (last.value - origin)


def with_value(section, path: Sequence[str], value):
    """``section``, a frozen dataclass, with the key at ``path`` set; itself where the key has that value already."""
    name, *rest = path
    old = getattr(section, name)
    new = with_value(old, rest, value) if rest else value
    unchanged = new is old if rest else new == old
    return section if unchanged else replace(section, **{name: new})
