"""M12: what admission is worth to a developer, and the lottery of a submission, as the developer believes it."""

import math
from functools import lru_cache
from typing import NamedTuple

from scipy.integrate import quad
from scipy.special import ndtr

from sim.compiling import kernel

_ROOT = math.sqrt(0.5)
_DENSITY = 1.0 / math.sqrt(2.0 * math.pi)
_SURE = 700.0  # ejections expected within the horizon, beyond which exp would end
_MOST_GROWTH = 1e6  # of revenue by a build: more is no forecast, and at a high elasticity nothing would bound it
_CERTAIN = 1e-12  # a chance below it is none: nothing is believed of what follows

class Outlook(NamedTuple):
    """What admission is worth to one developer today, by its beliefs."""

    level: float  # credits/day that a model of rate ``reference`` earns
    reference: float
    elasticity: float  # of revenue on the rate
    rival: float  # rate of the admitted model that a new one replaces; 0: none
    less: float  # credits/day that are earned today
    horizon: float  # days
    kept: float  # chance of not being ejected within the horizon
    stay: float  # days that who is ejected within it stays in expectation
    sandbox: float  # by how much the sandbox needs less of the rate
    waiting: float  # credits that the sandbox brings within the horizon
    fee: float  # credits, less the grant
    forgiven: float  # of the fee at a rejection
    ejected: float  # share of the stake that an ejection costs, as the next two
    expired: float
    rejected: float
    esteem: float  # credits that a failure everybody hears of is as bad as
    clip: float  # share of a stake that a round pays or burns at most; 0: there are no rounds
    rounds: float  # a day
    rated: float  # rate of a model that rounds neither pay nor burn


@lru_cache
def expected_maximum(n: int) -> float:
    """E[max of n independent standard normals] = ∫ n·x·φ(x)·Φ(x)^(n-1) dx; 0 for n <= 1."""
    if n <= 1:
        return 0.0
    return quad(lambda x: n * x * _DENSITY * math.exp(-x * x / 2) * ndtr(x) ** (n - 1), -9, 9, epsabs=1e-10)[0]


@kernel
def outlook(own, public, revenue, ejection):
    """The outlook of who knows ``own`` OWN and ``public`` PUBLIC of its domain; one for all options of a decision.

    ``revenue``, ``ejection``: believed, of an admitted model, credits/day and chance a day. A build of believed rate
    N(mean, sd²) is admitted with probability Φ((mean - required)/sd), at an expected rate of
    mean + sd·φ/Φ. It then earns level·(rate/reference)^elasticity credits/day in place of what the developer's models
    earn today: level and reference are its own revenue and rate where its best model is admitted, else believed
    revenue and the mean rate of the domain's admitted models. It is ejected at the believed hazard λ: kept over the
    horizon H with probability exp(-λH), else for 1/λ - H/(exp(λH) - 1) days in expectation. What is admitted without
    being better than what the developer has brings nothing. Below what admission needs by no more than
    strictness - sandbox_strictness, a build goes into the sandbox and earns ``router.sandbox_share`` of the level.
    """
    level, reference, rival = revenue, public.reference, own.rate if own.admitted else 0.0
    if own.admitted and own.revenue > 0.0 and own.rate > 0.0:
        level, reference = own.revenue, own.rate
    horizon = public.horizon
    hazard = min(ejection * horizon, _SURE)
    stay = horizon * (1.0 / hazard - 1.0 / math.expm1(hazard)) if hazard > 1e-6 else horizon / 2
    amnesty = own.failures < public.amnesty
    fee = public.fee * (1.0 - own.grant)
    ejected, expired, rejected = public.ejected, public.expired, public.rejected
    if amnesty:
        ejected = expired = rejected = 0.0
    return Outlook(
        level, reference, public.elasticity, rival, own.revenue, horizon, math.exp(-hazard), stay, public.sandbox,
        public.sandbox_share * level * horizon, fee, fee if amnesty else 0.0, ejected, expired, rejected, public.esteem,
        public.clip, public.rounds, public.rated,
    )  # fmt: skip


@kernel
def _rounds(outlook, rate, days):
    """Share of a stake that Numerai's rounds add to it, or burn of it, in ``days`` at the live ``rate``.

    Each pays clip(C - mean C of the admitted, ±clip) of what is there; that a confidence differs from the mean one as
    the rate does, that the treasury can pay, and that neither changes, is what a developer believes.
    """
    if outlook.clip == 0.0:
        return 0.0
    each = min(max(rate - outlook.rated, -outlook.clip), outlook.clip)
    return (1.0 + each) ** (outlook.rounds * days) - 1.0


@kernel
def lost(option, spent):
    """Fill in the lottery of an ``option`` that cannot end in a submission: what is ``spent`` is gone."""
    option.chances[4], option.payoffs[4] = 1.0, -spent
    option.wins, option.feasible = 3, True


@kernel
def lottery(option, outlook, mean, sd, borrowed, required, stake, spent):
    """Fill in the lottery of ``option``, a row of OPTIONS: kept, ejected, admitted but no better, sandbox, rejected.

    ``mean``, ``sd``: believed rate as the gauntlet sees it; ``borrowed``: the part of it that live use will not
    see; ``required``: rate that admission needs at ``stake`` credits; ``spent``: credits, fee included.
    """
    o = outlook
    target = max(required, o.rival + borrowed)
    z = (mean - target) / sd
    better = 0.5 + 0.5 * math.erf(z * _ROOT)
    rate = mean + sd * _DENSITY * math.exp(-0.5 * z * z) / better if better > _CERTAIN else target
    live = max(min(rate, 1.0) - borrowed, 0.0)
    growth = (live / o.reference) ** o.elasticity
    rise = o.level * min(growth, _MOST_GROWTH) - o.less
    admitted = 0.5 + 0.5 * math.erf((mean - required) / sd * _ROOT)
    entered = 0.5 + 0.5 * math.erf((mean - required + o.sandbox) / sd * _ROOT)
    won, first = _rounds(o, live, o.horizon) * stake, _rounds(o, live, o.stay) * stake
    even = _rounds(o, max(0.5 * (required + target) - borrowed, 0.0), o.horizon) * stake
    chances, payoffs = option.chances, option.payoffs
    chances[0], payoffs[0] = better * o.kept, rise * o.horizon - spent + won
    chances[1], payoffs[1] = better - better * o.kept, rise * o.stay - spent + first - o.ejected * stake - o.esteem
    chances[2], payoffs[2] = admitted - better, -spent + even
    chances[3], payoffs[3] = entered - admitted, o.waiting - spent - o.expired * stake
    chances[4], payoffs[4] = 1.0 - entered, o.forgiven - spent - o.rejected * stake - o.esteem
    option.wins, option.feasible = 3, True
