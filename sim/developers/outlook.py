"""M12: what admission is worth to a developer, and the lottery of a submission, as the developer believes it."""

import math
from functools import lru_cache

import numpy as np
from scipy.integrate import quad
from scipy.special import ndtr

from sim.compiling import kernel, record

_ROOT = math.sqrt(0.5)
_DENSITY = 1.0 / math.sqrt(2.0 * math.pi)
_SURE = 700.0  # ejections expected within the horizon, beyond which exp would end
_MOST_GROWTH = 1e6  # of revenue by a build: more is no forecast, and at a high elasticity nothing would bound it
_CERTAIN = 1e-12  # a chance below it is none: nothing is believed of what follows

# What admission is worth to one developer today, by its beliefs.
OUTLOOK = np.dtype(
    [
        ("level", "f8"),  # credits/day that a model of rate ``reference`` earns
        ("reference", "f8"),
        ("elasticity", "f8"),  # of revenue on the rate
        ("rival", "f8"),  # rate of the admitted model that a new one replaces; 0: none
        ("less", "f8"),  # credits/day that are earned today
        ("horizon", "f8"),  # days
        ("kept", "f8"),  # chance of not being ejected within the horizon
        ("stay", "f8"),  # days that who is ejected within it stays in expectation
        ("sandbox", "f8"),  # by how much the sandbox needs less of the rate
        ("waiting", "f8"),  # credits that the sandbox brings within the horizon
        ("fee", "f8"),  # credits, less the grant
        ("forgiven", "f8"),  # of the fee at a rejection
        ("ejected", "f8"),  # share of the stake that an ejection costs, as the next two
        ("expired", "f8"),
        ("rejected", "f8"),
        ("esteem", "f8"),  # credits that a failure everybody hears of is as bad as
    ]
)


@lru_cache
def expected_maximum(n: int) -> float:
    """E[max of n independent standard normals] = ∫ n·x·φ(x)·Φ(x)^(n-1) dx; 0 for n <= 1."""
    if n <= 1:
        return 0.0
    return quad(lambda x: n * x * _DENSITY * math.exp(-x * x / 2) * ndtr(x) ** (n - 1), -9, 9, epsabs=1e-10)[0]


def outlook(own, public) -> np.ndarray:
    """OUTLOOK (1,) of one developer; one for all options of a decision.

    A build of believed rate N(mean, sd²) is admitted with probability Φ((mean - required)/sd), at an expected rate of
    mean + sd·φ/Φ. It then earns level·(rate/reference)^elasticity credits/day in place of what the developer's models
    earn today: level and reference are its own revenue and rate where its best model is admitted, else believed
    revenue and the mean rate of the domain's admitted models. It is ejected at the believed hazard λ: kept over the
    horizon H with probability exp(-λH), else for 1/λ - H/(exp(λH) - 1) days in expectation. What is admitted without
    being better than what the developer has brings nothing. Below what admission needs by no more than
    strictness - sandbox_strictness, a build goes into the sandbox and earns ``router.sandbox_share`` of the level.
    """
    settings, beliefs = public.settings, own.beliefs
    about, governance, stake, horizon = (
        settings.developers, settings.governance, settings.stake, settings.developers.horizon_days
    )  # fmt: skip
    if own.admitted and own.revenue > 0 and own.rate > 0:
        level, reference, rival = own.revenue, own.rate, own.rate
    else:
        rate = public.rate[own.domain]
        level, rival = beliefs.revenue, own.rate if own.admitted else 0.0
        # With nobody admitted the least that will be; where anybody will be, what is believed of the unknown.
        unknown = settings.evidence.prior_good / (settings.evidence.prior_good + settings.evidence.prior_bad)
        reference = rate if rate > 0 else max(public.required) or unknown
    hazard = min(beliefs.ejection * horizon, _SURE)
    stay = horizon * (1.0 / hazard - 1.0 / math.expm1(hazard)) if hazard > 1e-6 else horizon / 2
    amnesty = own.failures < governance.amnesty
    fee = settings.gauntlet.fee * (1.0 - own.grant)
    exposure = () if amnesty else stake.exposure
    ejected, expired, rejected = (
        public.slash if cause in exposure else 0.0 for cause in ("ejection", "expiry", "rejection")
    )
    esteem = about.esteem if settings.gauntlet.disclosure != "none" else 0.0  # else nobody hears of a failure
    return record(
        OUTLOOK, level, reference, about.beliefs.elasticity, rival, own.revenue, horizon, math.exp(-hazard), stay,
        max(governance.strictness - governance.sandbox_strictness, 0.0),
        settings.router.sandbox_share * level * horizon, fee, fee if amnesty else 0.0, ejected, expired, rejected,
        esteem,
    )  # fmt: skip


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
    growth = (max(min(rate, 1.0) - borrowed, 0.0) / o.reference) ** o.elasticity
    rise = o.level * min(growth, _MOST_GROWTH) - o.less
    admitted = 0.5 + 0.5 * math.erf((mean - required) / sd * _ROOT)
    entered = 0.5 + 0.5 * math.erf((mean - required + o.sandbox) / sd * _ROOT)
    chances, payoffs = option.chances, option.payoffs
    chances[0], payoffs[0] = better * o.kept, rise * o.horizon - spent
    chances[1], payoffs[1] = better - better * o.kept, rise * o.stay - spent - o.ejected * stake - o.esteem
    chances[2], payoffs[2] = admitted - better, -spent
    chances[3], payoffs[3] = entered - admitted, o.waiting - spent - o.expired * stake
    chances[4], payoffs[4] = 1.0 - entered, o.forgiven - spent - o.rejected * stake - o.esteem
    option.wins, option.feasible = 3, True
