"""M10, dispatch: how one request picks a model from the weights of its domain.

``weighted`` inverts the cumulative weights; ``power_of_two`` takes the less loaded of two such picks (Mitzenmacher
2001), by requests in flight per slot or by peak EWMA of latency (Finagle); ``least_busy`` takes the fewest in flight
per slot (LiteLLM), ties to the larger weight.
"""

import math

import numpy as np

from sim.compiling import entry, kernel, nth
from sim.streams import PICK, draw, uniform
from sim.traffic.params import DISPATCHES
from sim.traffic.state import NONE, Routes

_EWMA = DISPATCHES.index("power_of_two_ewma")
_TWO = DISPATCHES.index("power_of_two")
_LEAST = DISPATCHES.index("least_busy")
_PENALTY_S = 1e9  # more than any latency
_CELLS = 4  # of the guide table for each model: most hold no step, so that the first look is the last
_REDRAWS = 8
_SCAN, _SECOND = _REDRAWS, _REDRAWS + 1  # draws after them: for the scan, and for the second of two choices


def arrange(weight: np.ndarray, domain: np.ndarray, domains: int) -> Routes:
    """Arrange ``weight`` (M,) of models in ``domain`` (M,) for picking.

    Every domain needs a model of positive weight.
    """
    chosen = np.flatnonzero(weight > 0)
    model = chosen[np.argsort(domain[chosen], kind="stable")].astype(np.int64)
    start = np.searchsorted(domain[model], np.arange(domains + 1)).astype(np.int64)
    cumulative, ranked = np.empty(len(model)), np.empty(len(model), np.int64)
    guide = np.empty(_CELLS * len(model), np.int64)
    root = np.zeros(domains + 1, np.int64)
    for d in range(domains):
        part = slice(start[d], start[d + 1])
        share = np.cumsum(weight[model[part]])
        share /= share[-1]
        cumulative[part] = share
        cells = _CELLS * len(share)
        first = np.searchsorted(share, np.arange(cells) / cells, side="right")
        guide[_CELLS * start[d] : _CELLS * start[d + 1]] = start[d] + first
        ranked[part] = model[part][np.argsort(-weight[model[part]], kind="stable")]
        root[d + 1] = root[d] + 2 * _leaves(len(share))
    rank = np.full(len(weight), NONE, np.int64)
    rank[ranked] = np.arange(len(ranked))
    return Routes(weight.copy(), start, model, cumulative, guide, ranked, rank, np.full(root[-1], NONE, np.int64), root)


def _leaves(n: int) -> int:
    return 1 << max(0, n - 1).bit_length()


@kernel
def pick(routes, domain, u):
    """The model at ``u`` in (0, 1) on the cumulative weights of ``domain``, by a guide table (Chen and Asau 1974)."""
    low = routes.start[nth(domain)]
    n = routes.start[nth(domain + 1)] - low
    at = routes.guide[nth(_CELLS * low + np.int64(u * (_CELLS * n)))]
    while routes.cumulative[nth(at)] <= u:
        at += 1
    return routes.model[nth(at)]


@kernel
def eligible(w, m, exclude):
    """Whether a request may go to model ``m``: health allows it, and it is not the one to be left out."""
    return m != exclude and (w.stations[nth(m)].healthy != 0 or w.domains[nth(w.models[nth(m)].domain)].panic != 0)


@kernel
def load(w, m):
    """Requests in flight on model ``m`` per slot."""
    s = w.stations[nth(m)]
    return (s.busy + s.queued) / w.models[nth(m)].slots


@kernel
def cost(w, m, now):
    """Peak EWMA cost of model ``m``: decayed latency · (requests in flight + 1) (Finagle).

    A model without a latency so far costs a penalty as soon as it has a request, so that it is tried one by one.
    """
    s = w.stations[nth(m)]
    if s.ewma == 0.0:
        return (_PENALTY_S + s.busy + s.queued) if s.busy + s.queued > 0 else 0.0
    decay = math.exp((s.ewma_at - now) / w.params[0].ewma_tau_s)
    return s.ewma * decay * (s.busy + s.queued + 1)


@kernel
def observe(w, m, latency, now):
    """Take a latency into the peak EWMA: a peak at once, anything lower with weight 1 - exp(-Δt/τ)."""
    if w.params[0].dispatch != _EWMA:
        return
    s = w.stations[nth(m)]
    decay = math.exp((s.ewma_at - now) / w.params[0].ewma_tau_s)
    s.ewma = max(latency, s.ewma * decay + latency * (1.0 - decay))
    s.ewma_at = now


@kernel
def select(w, i, exclude, now):
    """The model that request ``i`` goes to: by the dispatch rule among eligible models, never ``exclude`` if it can."""
    r = w.requests[nth(i)]
    p = w.params[0]
    if p.dispatch == _LEAST:
        return least_busy(w, r.domain, exclude)
    m = NONE
    for redraw in range(_REDRAWS):
        words = draw(p.seed, PICK, r.session, r.turn, r.attempt, redraw)
        m = pick(w.routes, r.domain, uniform(words[0]))
        if eligible(w, m, exclude):
            break
        m = NONE
    if m == NONE:
        # With a draw of its own: those before are known to lie where nobody is eligible.
        words = draw(p.seed, PICK, r.session, r.turn, r.attempt, _SCAN)
        m = _scan(w, r.domain, exclude, uniform(words[0]))
    if p.dispatch == _TWO or p.dispatch == _EWMA:
        words = draw(p.seed, PICK, r.session, r.turn, r.attempt, _SECOND)
        other = pick(w.routes, r.domain, uniform(words[0]))
        if eligible(w, other, exclude):
            better = load(w, other) < load(w, m) if p.dispatch == _TWO else cost(w, other, now) < cost(w, m, now)
            if better:
                return other
    return m


@kernel
def _scan(w, domain, exclude, u):
    """A weighted pick among eligible models; without any, among those that health allows; without any, among all."""
    low, high = w.routes.start[nth(domain)], w.routes.start[nth(domain + 1)]
    for relaxed in range(3):
        total = 0.0
        for at in range(low, high):
            m = w.routes.model[nth(at)]
            if eligible(w, m, exclude if relaxed == 0 else NONE) or relaxed == 2:
                total += w.routes.weight[nth(m)]
        if total > 0.0:
            left = u * total
            last = NONE
            for at in range(low, high):
                m = w.routes.model[nth(at)]
                if eligible(w, m, exclude if relaxed == 0 else NONE) or relaxed == 2:
                    last = m
                    left -= w.routes.weight[nth(m)]
                    if left < 0.0:
                        break
            return last
    return w.routes.model[nth(low)]


@kernel
def least_busy(w, domain, exclude):
    """The eligible model with the fewest requests in flight per slot; ties to the larger weight."""
    low, high = w.routes.start[nth(domain)], w.routes.start[nth(domain + 1)]
    best = NONE
    if w.params[0].tournament != 0:
        best = _champion(w, domain, exclude)
    else:
        for at in range(low, high):
            m = w.routes.ranked[nth(at)]
            if eligible(w, m, exclude) and (best == NONE or load(w, m) < load(w, best)):
                best = m
    if best != NONE:
        return best
    # Nobody else is eligible: the one left out, if health allows it, or else the largest weight.
    if exclude != NONE and w.routes.rank[nth(exclude)] >= 0 and eligible(w, exclude, NONE):
        return exclude
    return w.routes.ranked[nth(low)]


@kernel
def _winner(w, a, b):
    if a == NONE or b == NONE:
        return max(a, b)
    la, lb = load(w, a), load(w, b)
    if la == lb:
        return a if w.routes.rank[nth(a)] < w.routes.rank[nth(b)] else b
    return a if la < lb else b


@kernel
def _champion(w, domain, exclude):
    tree, base = w.routes.tree, w.routes.root[domain]
    top = tree[base + 1]
    if exclude == NONE or top != exclude:
        return top
    # The best of all others: whom the excluded one would have met on its way up.
    leaves = (w.routes.root[domain + 1] - base) // 2
    node = leaves + w.routes.rank[nth(exclude)] - w.routes.start[nth(domain)]
    best = NONE
    while node > 1:
        best = _winner(w, best, tree[base + (node ^ 1)])
        node //= 2
    return best


@kernel
def replay(w, m):
    """Play the matches of model ``m`` again, after its load or its health has changed."""
    if w.params[0].tournament == 0 or w.routes.rank[nth(m)] < 0:
        return
    domain = w.models[nth(m)].domain
    tree, base = w.routes.tree, w.routes.root[domain]
    leaves = (w.routes.root[domain + 1] - base) // 2
    node = leaves + w.routes.rank[nth(m)] - w.routes.start[nth(domain)]
    tree[base + node] = m if eligible(w, m, NONE) else NONE
    node //= 2
    while node >= 1:
        tree[base + node] = _winner(w, tree[base + 2 * node], tree[base + 2 * node + 1])
        node //= 2


@kernel
def replay_domain(w, domain):
    """Play all matches of a domain again."""
    if w.params[0].tournament == 0:
        return
    low, high = w.routes.start[nth(domain)], w.routes.start[nth(domain + 1)]
    tree, base = w.routes.tree, w.routes.root[domain]
    leaves = (w.routes.root[domain + 1] - base) // 2
    for at in range(low, high):
        m = w.routes.ranked[nth(at)]
        tree[base + leaves + at - low] = m if eligible(w, m, NONE) else NONE
    for node in range(leaves - 1, 0, -1):
        tree[base + node] = _winner(w, tree[base + 2 * node], tree[base + 2 * node + 1])


@entry
def replay_all(w):
    """Play all matches, after new weights."""
    for domain in range(len(w.domains)):
        replay_domain(w, domain)
