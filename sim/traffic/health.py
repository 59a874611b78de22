"""M10, health: which models are left out between two ticks because they have just failed.

``envoy``: outlier detection, by failures in a row and by success rate far below its domain's mean, with a panic
threshold. ``litellm``: cooldown by the share of failures in a window. ``finagle``: failure accrual by failures in a
row, with a probe after revival: one more failure and the model is dead again, for longer. Under ``litellm`` and
``finagle`` health is ignored where it would leave a domain with nobody.
"""

import math

import numpy as np

from sim.compiling import entry, kernel, nth
from sim.records import C
from sim.streams import HEALTH, draw, uniform
from sim.traffic.dispatch import replay, replay_domain
from sim.traffic.params import HEALTHS
from sim.traffic.retry import kind_bit
from sim.traffic.service import on_grid

_ENVOY, _LITELLM, _FINAGLE = (HEALTHS.index(h) for h in ("envoy", "litellm", "finagle"))


@kernel
def judge(w, m, outcome, failed, now):
    """Take an outcome into the health of model ``m``; returns for how many s it is to be ejected, 0 for not at all."""
    p, s = w.params[0], w.stations[nth(m)]
    counts = failed and (kind_bit(outcome) & p.health_kinds) != 0
    if p.health == _LITELLM and now - s.window >= p.window_s:
        s.requests, s.good, s.window = 0, 0, now
    s.requests += 1
    if counts:
        s.streak += 1
    else:
        s.good += 1
        s.streak = 0
        if p.health == _FINAGLE:
            s.ejections = 0
    if not counts or s.healthy == 0:
        return 0.0
    if p.health == _ENVOY:
        if s.streak >= p.consecutive and may_eject(w, m):
            return envoy_time(p, s)
    elif p.health == _LITELLM:
        if s.requests >= p.min_requests and s.requests - s.good > p.failure_share * s.requests:
            return on_grid(p.eject_base_s, p)
    elif p.health == _FINAGLE and s.streak >= p.consecutive:
        time = min(p.eject_max_s, p.eject_base_s * 2.0 ** min(s.ejections, 60))
        if s.ejections > 0:
            u = uniform(draw(p.seed, HEALTH, s.ejected, 0, 0, w.models[m].uid)[0])
            time *= 0.5 + 0.5 * u
        return on_grid(time, p)
    return 0.0


@kernel
def may_eject(w, m):
    """Envoy's cap on the share of a domain's models that are ejected at once; one always may be."""
    d = w.models[m].domain
    size = w.routes.start[d + 1] - w.routes.start[d]
    return w.domains[d].ejected + 1 <= max(1.0, w.params[0].max_share * size)


@kernel
def envoy_time(p, s):
    """Ejection time: base · (ejections so far + 1), capped."""
    return on_grid(min(p.eject_max_s, p.eject_base_s * (s.ejections + 1)), p)


@kernel
def eject(w, m):
    """Leave model ``m`` out."""
    s = w.stations[m]
    s.healthy = 0
    s.ejections += 1
    s.ejected += 1
    w.counters[m, C.EJECTIONS] += 1
    _recount(w, m, 1)


@kernel
def restore(w, m):
    """Let model ``m`` back in; under ``finagle`` on probation."""
    p, s = w.params[0], w.stations[m]
    s.healthy = 1
    s.streak = p.consecutive - 1 if p.health == _FINAGLE else 0
    s.requests, s.good = 0, 0
    _recount(w, m, -1)


@kernel
def _recount(w, m, change):
    if w.routes.rank[m] >= 0:
        d = w.models[m].domain
        before = w.domains[d].panic
        w.domains[d].ejected += change
        set_panic(w, d)
        if w.domains[d].panic == before:
            replay(w, m)
        else:
            replay_domain(w, d)


@kernel
def set_panic(w, d):
    """Decide whether domain ``d`` ignores health."""
    p = w.params[0]
    size = w.routes.start[d + 1] - w.routes.start[d]
    healthy = size - w.domains[d].ejected
    w.domains[d].panic = healthy < p.panic * size if p.health == _ENVOY else healthy == 0


@entry
def recount_all(w):
    """Count the ejected again, after new weights."""
    for d in range(len(w.domains)):
        w.domains[d].ejected = 0
    for m in range(len(w.models)):
        if w.routes.rank[m] >= 0 and w.stations[m].healthy == 0:
            w.domains[w.models[m].domain].ejected += 1
    for d in range(len(w.domains)):
        set_panic(w, d)


@kernel
def set_thresholds(w):
    """Begin a sweep."""
    for d in range(len(w.domains)):
        w.domains[d].threshold = threshold(w, d)


@kernel
def threshold(w, d):
    """Envoy's sweep of a domain: the success rate in the interval below which a model is an outlier.

    mean - factor · population sd, over healthy models with enough requests; -1 where these are too few.
    """
    p = w.params[0]
    n, total, square = 0, 0.0, 0.0
    for at in range(w.routes.start[d], w.routes.start[d + 1]):
        s = w.stations[w.routes.model[at]]
        if s.healthy != 0 and s.requests >= p.min_requests:
            rate = s.good / s.requests
            n, total, square = n + 1, total + rate, square + rate * rate
    if n < p.min_models:
        return -1.0
    mean = total / n
    return mean - p.stdev_factor * math.sqrt(max(0.0, square / n - mean * mean))


@kernel
def outlier(w, m):
    """Whether model ``m`` falls below its domain's threshold in this sweep, and may be ejected."""
    s, limit = w.stations[m], w.domains[w.models[m].domain].threshold
    enough = s.healthy != 0 and s.requests >= w.params[0].min_requests
    return enough and s.good < limit * s.requests and may_eject(w, m)


@kernel
def next_interval(s):
    """End of a sweep for one model: a new count, and one past ejection forgiven where it is healthy."""
    if s.healthy != 0:
        s.ejections = max(np.int64(0), s.ejections - 1)
    s.requests, s.good = 0, 0
