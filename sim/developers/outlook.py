"""M12: the lottery of a submission, as a developer believes it."""

import math
from functools import lru_cache

from scipy.integrate import quad
from scipy.special import ndtr

_ROOT = math.sqrt(0.5)
_DENSITY = 1.0 / math.sqrt(2.0 * math.pi)
_CERTAIN = 1e-12  # a chance below it is none: nothing is believed of what follows


@lru_cache
def expected_maximum(n: int) -> float:
    """E[max of n independent standard normals] = ∫ n·x·φ(x)·Φ(x)^(n-1) dx; 0 for n <= 1."""
    if n <= 1:
        return 0.0
    return quad(lambda x: n * x * _DENSITY * math.exp(-x * x / 2) * ndtr(x) ** (n - 1), -9, 9, epsabs=1e-10)[0]


class Outlook:
    """What admission is worth to one developer today, by its beliefs; one for all options of a decision.

    A build of believed rate N(mean, sd²) is admitted with probability Φ((mean - required)/sd), at an expected rate of
    mean + sd·φ/Φ. It then earns level·(rate/reference)^elasticity credits/day in place of what the developer's models
    earn today: level and reference are its own revenue and rate where its best model is admitted, else believed
    revenue and the mean rate of the domain's admitted models. It is ejected at the believed hazard λ: kept over the
    horizon H with probability exp(-λH), else for 1/λ - H/(exp(λH) - 1) days in expectation. What is admitted without
    being better than what the developer has brings nothing. Below what admission needs by no more than
    strictness - sandbox_strictness, a build goes into the sandbox and earns ``router.sandbox_share`` of the level.
    """

    __slots__ = ("_ejected", "_elasticity", "_esteem", "_expired", "_forgiven", "_horizon", "_kept", "_less",
                 "_level", "_reference", "_rejected", "_rival", "_sandbox", "_stay", "_waiting", "fee")  # fmt: skip

    def __init__(self, own, public):
        settings, beliefs = public.settings, own.beliefs
        about, governance = settings.developers, settings.governance
        self._elasticity = about.beliefs.elasticity
        if own.admitted and own.revenue > 0 and own.rate > 0:
            self._level, self._reference, self._rival = own.revenue, own.rate, own.rate
        else:
            rate = public.rate[own.domain]
            self._level, self._rival = beliefs.revenue.mean, own.rate if own.admitted else 0.0
            self._reference = rate if rate > 0 else max(public.required)  # with nobody admitted, the least that will be
        self._less = own.revenue
        self._horizon = horizon = about.horizon_days
        hazard = beliefs.ejection.mean * horizon
        self._kept = math.exp(-hazard)
        self._stay = horizon * (1.0 / hazard - 1.0 / math.expm1(hazard)) if hazard > 1e-6 else horizon / 2
        self._sandbox = max(governance.strictness - governance.sandbox_strictness, 0.0)
        self._waiting = settings.router.sandbox_share * self._level * horizon
        amnesty = own.failures < governance.amnesty
        self.fee = settings.gauntlet.fee * (1.0 - own.grant)
        self._forgiven = self.fee if amnesty else 0.0
        exposure = () if amnesty else settings.stake.exposure
        self._ejected, self._expired, self._rejected = (
            public.slash if cause in exposure else 0.0 for cause in ("ejection", "expiry", "rejection")
        )
        # Without disclosure nobody hears of a failure.
        self._esteem = about.esteem if settings.gauntlet.disclosure != "none" else 0.0

    def lottery(self, mean: float, sd: float, borrowed: float, required: float, stake: float, spent: float):
        """(chances, payoffs): kept, ejected, admitted but no better, sandbox, rejected.

        ``mean``, ``sd``: believed rate as the gauntlet sees it; ``borrowed``: the part of it that live use will not
        see; ``required``: rate that admission needs at ``stake`` credits; ``spent``: credits, fee included.
        """
        target = max(required, self._rival + borrowed)
        z = (mean - target) / sd
        better = 0.5 + 0.5 * math.erf(z * _ROOT)
        rate = mean + sd * _DENSITY * math.exp(-0.5 * z * z) / better if better > _CERTAIN else target
        rise = self._level * (max(min(rate, 1.0) - borrowed, 0.0) / self._reference) ** self._elasticity - self._less
        admitted = better
        if target > required:
            admitted = 0.5 + 0.5 * math.erf((mean - required) / sd * _ROOT)
        entered = admitted
        if self._sandbox > 0:
            entered = 0.5 + 0.5 * math.erf((mean - required + self._sandbox) / sd * _ROOT)
        kept = better * self._kept
        return (
            (kept, better - kept, admitted - better, entered - admitted, 1.0 - entered),
            (
                rise * self._horizon - spent,
                rise * self._stay - spent - self._ejected * stake - self._esteem,
                -spent,
                self._waiting - spent - self._expired * stake,
                self._forgiven - spent - self._rejected * stake - self._esteem,
            ),
        )
