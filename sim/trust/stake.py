"""Stake (M8): how what a developer puts at risk enters admission, and what the router then weighs.

A rule is a function ``rule(bound, stake, settings) -> admission confidence``: ``bound(g)`` is the confidence of n
models whose evidence held g more good outcomes, g a number or (n,), so C = bound(0); ``stake`` (n,) the effective stake
S in credits; ``settings`` the stake section of the configuration. It never falls as evidence or stake rises. A user's
own is named by its import path, ``module:function``. No system publishes a formula for stake into admission or routing:
these are hypotheses to compare.
"""

from dataclasses import replace

import numpy as np

from sim import own
from sim.config import Evidence, Router, Stake, StakeWeighted
from sim.router.views import EvidenceView, bound

_HALVINGS = 34  # of an interval below 1: an error below 1e-10


def none(bound, stake, settings):
    """C: evidence alone admits."""
    return bound(0.0)


def pseudo_count(bound, stake, settings):
    """The confidence with σ·n_c·min(1, S/S0)**η good outcomes in the prior: evidence drowns it as it comes in.

    In the field: the prior counts of a Beta reputation (Jøsang and Ismail, Bled Electronic Commerce Conference, 2002),
    here bought.
    """
    return bound(settings.sigma * settings.n_c * np.minimum(1.0, stake / settings.s0) ** settings.eta)


def additive(bound, stake, settings):
    """(1-σ)·C + σ·S/(S+S0): no evidence outweighs stake, and the bar rises for those who have none."""
    return (1.0 - settings.sigma) * bound(0.0) + settings.sigma * stake / (stake + settings.s0)


def gate(bound, stake, settings):
    """C where S >= bond, else 0: a bond opens the door, and more of it buys nothing.

    In the field: the least deposit of a validator (32 ETH in Ethereum).
    """
    return np.where(stake >= settings.bond, bound(0.0), 0.0)


def weight(bound, stake, settings):
    """C: evidence alone admits, and stake acts in routing (see ``routing``)."""
    return bound(0.0)


RULES = {rule.__name__: rule for rule in (none, pseudo_count, additive, gate, weight)}
"""The rules by name."""


def resolve(name: str):
    """The rule that ``stake.rule`` names. Raises ``InputError`` where there is none."""
    return own.resolve("stake.rule", name, RULES, "a rule", _confidences)


def _confidences(found, bound, stake, settings) -> np.ndarray:
    found = np.asarray(found, float)
    if found.shape != stake.shape:
        raise own.Unusable(f"returned shape {found.shape}; allowed is {stake.shape}, one confidence for each model")
    if not ((found >= 0) & (found <= 1)).all():
        wrong = found[~((found >= 0) & (found <= 1))][0]
        raise own.Unusable(f"returned the confidence {wrong:g}; allowed are numbers from 0 to 1")
    return found


def effective(settings: Stake, stake, developer, delegated=0.0) -> np.ndarray:
    """The stake that counts: (M,) credits, of all M models at once since the cap is on a developer's sum.

    ``stake`` (M,) credits of each model's own developer, ``developer`` (M,) integers, ``delegated`` (M,) credits of
    co-stakers. A developer with more than ``cap`` over all its models has them scaled down in proportion (0: no cap);
    ``quadratic`` takes the root √(S·S0) of each model's; what others delegate is added to that, since both limits are
    on one purse. Both reward who splits a purse over names.
    """
    stake = np.asarray(stake, float)
    if settings.cap > 0:
        _, owner = np.unique(developer, return_inverse=True)
        held = np.bincount(owner, stake)
        stake = stake * (settings.cap / np.maximum(held, settings.cap))[owner]
    if settings.quadratic:
        stake = np.sqrt(stake * settings.s0)
    return stake + delegated


def admission_confidence(settings: Stake, bound, stake) -> np.ndarray:
    """What admission compares with θ: (n,) in [0, 1], by ``settings.rule``.

    ``bound(g)`` the confidence of n models whose evidence held g more good outcomes (``Evidence.bound``), and ``stake``
    (n,) their ``effective`` stake.
    """
    return resolve(settings.rule)(bound, np.asarray(stake, float), settings)


def required_rate(settings: Stake, evidence: Evidence, n: float, d: float, strictness: float, stake):
    """The rate that n outcomes must show so that admission confidence reaches θ = ``strictness``, at each ``stake``.

    ``n`` outcomes of design effect ``d`` >= 1 are all that is known of a model, and ``stake`` (credits, a number or
    (k,)) is all that its developer has at risk. The rate is the posterior mean of the evidence without the stake,
    (prior_good + g)/(prior_good + prior_bad + n/d) with g of n/d effective outcomes good: a float or (k,). It is the
    least possible one (g = 0) where stake alone suffices, and inf where not even n good outcomes do. Public: every
    developer knows the rules. It takes a millisecond and changes only with its arguments.
    """
    outcomes, shape = n / d, np.shape(stake)
    stake = np.atleast_1d(np.asarray(stake, float))
    stake = effective(settings, stake, np.arange(len(stake)))
    total = evidence.prior_good + evidence.prior_bad + outcomes
    rule = resolve(settings.rule)

    def reached(good):
        def confidence(more):
            alpha, beta = evidence.prior_good + good + more, evidence.prior_bad + outcomes - good
            return bound(evidence.bound, alpha, beta, evidence.quantile)

        return rule(confidence, stake, settings) >= strictness

    low, high = np.zeros(len(stake)), np.full(len(stake), outcomes)
    needless, hopeless = reached(low), ~reached(high)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        enough = reached(middle)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    good = np.where(needless, 0.0, np.where(hopeless, np.inf, high))
    return ((evidence.prior_good + good) / total).reshape(shape)[()]


def routed(settings: Stake, view: EvidenceView, admission) -> EvidenceView:
    """The evidence as the router weighs it: its confidence is C, or ``admission`` (M,) if ``settings.routed`` says so.

    Rules that look at the posterior itself (thompson, ucb, lcb) see no stake either way.
    """
    return replace(view, confidence=admission) if settings.routed == "admission_confidence" else view


def routing(settings: Stake, router: Router) -> Router:
    """The router's section as stake leaves it: with rule ``weight`` the allocation is C**α·(1 + S/S0)**β.

    That is the allocation stake_weighted with the α, β and S0 of stake; S is the stake in the catalogue.
    """
    if settings.rule != "weight":
        return router
    return replace(
        router, allocation="stake_weighted", stake_weighted=StakeWeighted(settings.alpha, settings.beta, settings.s0)
    )
