"""The laws of a session: what happens to a request at each of its instants, in either plane.

A plane decides *when* these are called, and in which order (queues, slots, timers, wakings); what they do is written
here once. ``w`` is the ``World``, ``i`` the row of the session in ``w.requests``, times are in s.
"""

import math

from sim.compiling import kernel, nth
from sim.records import C, N, Outcome
from sim.response import latent, succeeds
from sim.streams import ATTEMPT, CONTEXT, FOLLOW, LEAVE, TOLERANCE, draw, normal, uniform
from sim.traffic.dispatch import eligible, observe, replay, select
from sim.traffic.health import judge
from sim.traffic.params import TARGETS
from sim.traffic.retry import backoff, budget_begin, budget_end, budget_fail, budget_take, kind_bit
from sim.traffic.service import deadline, latency_bin, service_time
from sim.traffic.state import NONE

_SAME, _FRESH = TARGETS.index("same"), TARGETS.index("fresh")
_MICRO = 1e6


@kernel
def begin_session(w, i, session, opened):
    """A session arrives, as the row ``opened`` of the demand; False if its user has left the network."""
    if w.params[0].tolerance > 0.0 and opened.at < w.users[nth(opened.user)].away_until:
        w.network[N.AWAY] += 1
        return False
    w.network[N.SESSIONS] += 1
    r = w.requests[nth(i)]
    r.session, r.user, r.difficulty = session, opened.user, opened.difficulty
    r.client = opened.user % len(w.clients)
    r.domain, r.klass, r.turns = opened.domain, opened.klass, opened.turns
    r.audited = opened.audit < w.params[0].audit
    r.turn = r.attempt = r.derailed = r.drifts = r.cluster_n = r.cluster_g = r.retrying = 0
    r.model = r.first = r.left = NONE
    return True


@kernel
def begin_turn(w, i, context, output, now):
    """The user asks the next turn, with ``context`` tokens before it and ``output`` tokens in a full answer."""
    r, p = w.requests[nth(i)], w.params[0]
    r.turn += 1
    r.attempt = 0
    r.context, r.output = context, output
    r.begun = now
    r.wait = 0.0
    r.paid = 0
    w.network[N.TURNS] += 1
    budget_begin(p, w.clients[nth(r.client)], now)


@kernel
def begin_attempt(w, i, now):
    """The request goes to a model: chosen, carried over, counted. Returns the model."""
    r, p = w.requests[nth(i)], w.params[0]
    r.attempt += 1
    m = _aim(w, i, now)
    _move(w, i, m)
    counts = w.counters[nth(m)]
    if r.attempt == 1:
        r.first = m
        counts[C.TURNS_PLAIN + r.klass] += 1
        if m < len(w.domains):
            w.network[N.HOUSE] += 1
        if r.turn > 1:
            _carry_over(w, i)
    counts[C.ATTEMPTS] += 1
    w.network[N.ATTEMPTS] += 1
    if r.derailed != 0:
        counts[C.DERAILED] += 1
    if w.domains[nth(r.domain)].panic != 0:
        w.network[N.PANIC] += 1
    r.started = now
    r.served = math.inf
    r.drifted = 0
    r.deadline = deadline(p, r.session, r.turn, r.attempt, now)
    return m


@kernel
def _aim(w, i, now):
    r, p = w.requests[nth(i)], w.params[0]
    if r.attempt == 1:
        if p.sticky != 0 and r.model != NONE and w.routes.weight[nth(r.model)] > 0.0 and eligible(w, r.model, NONE):
            return r.model
        return select(w, i, NONE, now)
    if p.target == _SAME:
        return r.model
    if p.target == _FRESH:
        return select(w, i, r.model, now)
    # Fallback: retry k goes to the k-th eligible model of the domain by weight, the first one tried left out.
    passed, last = 0, r.model
    for at in range(w.routes.start[nth(r.domain)], w.routes.start[nth(r.domain + 1)]):
        m = w.routes.ranked[nth(at)]
        if eligible(w, m, r.first):
            passed, last = passed + 1, m
            if passed == r.attempt - 1:
                break
    return last


@kernel
def _move(w, i, m):
    """Bring the session to model ``m``. Damage follows it with a coin that is frozen per (session, model)."""
    r, p = w.requests[nth(i)], w.params[0]
    if m == r.model:
        return
    _close_cluster(w, i)
    here = w.models[nth(m)]
    if r.derailed != 0:
        follows = uniform(draw(p.seed, FOLLOW, r.session, 0, 0, here.uid)[0]) < p.follow
        returns = m == r.left
        r.left = r.model
        r.derailed = follows or returns
        if follows:
            w.network[N.CROSSED] += 1
    elif m == r.left:
        r.derailed = 1
        r.left = NONE
    r.model = m
    r.z = latent(p.seed, r.session, r.difficulty, here.uid, here.lineage, p.shared, p.kin, p.own)


@kernel
def _carry_over(w, i):
    """Turn k > 1: a derailed session may be recapped; another derails with probability

    h·(context/window)^γ·(1 + drift_hazard·drifted answers so far).
    """
    r, p = w.requests[nth(i)], w.params[0]
    here = w.models[nth(r.model)]
    words = draw(p.seed, CONTEXT, r.session, r.turn, 0, here.uid)
    if r.derailed != 0:
        if uniform(words[1]) < p.recap:
            r.derailed = 0
        return
    load = r.context / here.window
    if p.gamma != 1.0:
        load = load**p.gamma
    hazard = here.hazard * load * (1.0 + p.drift_hazard * r.drifts)
    if uniform(words[0]) < hazard:
        r.derailed = 1


@kernel
def start_service(w, i, now):
    """A slot takes the request: decides its outcome and returns when the service would end.

    Whether it ends in time is decided here too, never by a race of two timers.
    """
    r, p = w.requests[nth(i)], w.params[0]
    here = w.models[nth(r.model)]
    words = draw(p.seed, ATTEMPT, r.session, r.turn, r.attempt, here.uid)
    end = now + service_time(p, here, r.output, words[1])
    r.served = now
    if end > r.deadline:
        r.outcome = Outcome.TIMEOUT
    elif succeeds(uniform(words[0]), here.mu[nth(2 * r.klass + r.derailed)], here.spread[nth(r.klass)], r.z):
        r.outcome = Outcome.GOOD
        r.drifted = uniform(words[3]) < here.drift
        value = math.exp(here.brilliance * normal(words[2])) if here.brilliance > 0.0 else 1.0
        r.value = int(value * _MICRO + 0.5)
    else:
        r.outcome = Outcome.BAD if uniform(words[2]) < p.detect else Outcome.UNNOTICED
    return end


@kernel
def hold_slots(w, m, busy, queued):
    """Change the load of model ``m``."""
    s = w.stations[nth(m)]
    s.busy += busy
    s.queued += queued
    replay(w, m)


@kernel
def book(w, m, since, now, wasted):
    """Book slot time of model ``m`` from ``since`` to ``now``, useful or ``wasted``."""
    units = int((now - since) * w.params[0].grid)
    counts = w.counters[nth(m)]
    counts[C.BUSY] += units
    if wasted:
        counts[C.WASTED] += units


@kernel
def failed(outcome):
    """Whether the user notices an ``outcome`` as a failure."""
    return outcome != Outcome.GOOD and outcome != Outcome.UNNOTICED


@kernel
def end_attempt(w, i, now):
    """The user has the attempt's outcome. Returns for how many s health ejects the model; 0 for not at all."""
    r, p = w.requests[nth(i)], w.params[0]
    m, outcome = r.model, r.outcome
    counts, first_counts = w.counters[nth(m)], w.counters[nth(r.first)]
    if outcome == Outcome.GOOD:
        counts[C.GOOD] += 1
        counts[C.DRIFTED] += r.drifted
        r.drifts += r.drifted
        counts[C.VALUE] += r.value
    elif outcome == Outcome.TIMEOUT:
        counts[C.TIMEOUTS] += 1
    elif outcome == Outcome.REJECTED:
        counts[C.REJECTED] += 1
    else:
        counts[C.BAD] += 1
    if r.attempt > 1:
        first_counts[C.RETRIES] += 1
        first_counts[C.RETRY_COST] += w.models[nth(m)].price
        if r.audited != 0 and m != r.first:
            counts[C.AUDITED_RESCUE_GOOD if outcome == Outcome.GOOD else C.AUDITED_RESCUE_BAD] += 1
    else:
        counts[C.FIRST_GOOD] += outcome == Outcome.GOOD
        if r.audited != 0:
            r.cluster_n += 1
            r.cluster_g += outcome == Outcome.GOOD
    if p.logging != 0:
        _log(w, i, now)
    if outcome != Outcome.REJECTED:
        observe(w, m, now - r.started, now)
    if failed(outcome):
        budget_fail(p, w.clients[nth(r.client)])
    if p.health == 0:
        return 0.0
    return judge(w, m, outcome, failed(outcome), now)


@kernel
def _log(w, i, now):
    r, line = w.requests[nth(i)], w.log[w.logged[0]]
    w.logged[0] += 1
    line.session, line.turn, line.attempt, line.model = r.session, r.turn, r.attempt, r.model
    line.domain, line.klass, line.outcome = r.domain, r.klass, r.outcome
    line.derailed, line.drifted = r.derailed, r.drifted
    line.started, line.ended = r.started, now
    line.waited = min(r.served, now) - r.started


@kernel
def retry_wait(w, i, now):
    """After a failure: the wait in s before the next attempt, or -1 where there is none."""
    r, p = w.requests[nth(i)], w.params[0]
    if r.attempt > p.retries or (kind_bit(r.outcome) & p.retry_kinds) == 0:
        return -1.0
    if not budget_take(p, w.clients[nth(r.client)], r, now):
        w.network[N.BUDGET_DENIED] += 1
        return -1.0
    if p.immediate != 0:
        others = w.routes.start[nth(r.domain + 1)] - w.routes.start[nth(r.domain)] - w.domains[nth(r.domain)].ejected
        if others > 1 or (others == 1 and w.stations[nth(r.model)].healthy == 0):
            return 0.0
    r.wait = backoff(p, r.session, r.turn, r.attempt, r.wait)
    return r.wait


@kernel
def end_turn(w, i, now):
    """The turn ends with the outcome of its last attempt. Returns whether the session goes on."""
    r, p = w.requests[nth(i)], w.params[0]
    m, first, outcome = r.model, r.first, r.outcome
    counts, first_counts = w.counters[nth(m)], w.counters[nth(first)]
    audited = r.audited != 0
    answered = not failed(outcome)
    budget_end(p, w.clients[nth(r.client)], r, answered)
    if outcome == Outcome.GOOD:
        w.network[N.OK] += 1
        counts[C.OK_PLAIN + r.klass] += 1
        if r.attempt == 1:
            first_counts[C.AUDITED_GOOD] += audited
        elif m == first:
            first_counts[C.SELF_RESCUED] += 1
            first_counts[C.AUDITED_SELF_RESCUED] += audited
        else:
            first_counts[C.OTHER_RESCUED] += 1
            first_counts[C.AUDITED_OTHER_RESCUED] += audited
    else:
        first_counts[C.AUDITED_LOST] += audited
        if answered:
            w.network[N.UNNOTICED] += 1
            counts[C.UNNOTICED] += 1
        else:
            w.network[N.FAILED] += 1
            first_counts[C.FAILED] += 1
    if answered:
        w.latency[latency_bin(now - r.begun)] += 1
    _bear(w, i, answered, now)
    if r.turn >= r.turns:
        return False
    return answered or p.leave == 0.0 or uniform(draw(p.seed, LEAVE, r.session, r.turn, 0, 0)[0]) >= p.leave


@kernel
def _bear(w, i, answered, now):
    """A user leaves for a while after 1 + geometric failed turns in a row; how many is frozen per user."""
    p, number = w.params[0], w.requests[nth(i)].user
    if p.tolerance == 0.0:
        return
    user = w.users[nth(number)]
    if answered:
        user.streak = 0
        return
    user.streak += 1
    borne = 1.0
    if p.tolerance > 1.0:
        u = uniform(draw(p.seed, TOLERANCE, number, 0, 0, 0)[0])
        borne += math.floor(math.log(u) / math.log1p(-1.0 / p.tolerance))
    if user.streak >= borne:
        user.streak = 0
        user.away_until = now + p.away_s
        w.network[N.DEPARTURES] += 1


@kernel
def end_session(w, i):
    """The session leaves the network."""
    _close_cluster(w, i)
    w.network[N.SESSIONS_ENDED] += 1


@kernel
def _close_cluster(w, i):
    """The session leaves its model: its audited first attempts there are one cluster."""
    r = w.requests[nth(i)]
    n, g, m = r.cluster_n, r.cluster_g, r.model
    if n > 0:
        counts = w.counters[nth(m)]
        counts[C.CLUSTER_N] += n
        counts[C.CLUSTER_G] += g
        counts[C.CLUSTER_GG] += g * g
        counts[C.CLUSTER_GN] += g * n
        counts[C.CLUSTER_NN] += n * n
        r.cluster_n = r.cluster_g = 0
