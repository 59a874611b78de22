"""M12: what a developer knows when it decides, as records of numbers for compiled functions: see ``views``."""

import numpy as np

from sim.compiling import record
from sim.units import DAY_S

OWN = np.dtype(
    [
        ("domain", "i8"),
        ("wealth", "f8"),  # credits
        ("revenue", "f8"),  # credits/day, as the next
        ("living", "f8"),
        ("hours", "f8"),  # h/day
        ("speed", "f8"),  # factor on the days of a project
        ("cost", "f8"),  # factor on its cost
        ("rate", "f8"),  # of its best model; nan without one
        ("rate_sd", "f8"),
        ("admitted", "?"),
        ("idea", "f8"),  # share of bits by which the idea at hand differs; nan without one
        ("failures", "i8"),
        ("grant", "f8"),  # share of the fee
        ("barred", "f8"),  # days until it may submit
    ]
)

# Of one domain at a tick.
PUBLIC = np.dtype(
    [
        ("rate", "f8"),  # mean of the admitted models; where there are none, what admission needs
        ("leader", "f8"),  # best of them; nan without one
        ("reference", "f8"),  # rate > 0 of the model that earns the believed revenue
        ("queue", "f8"),  # days that a submission takes
        ("outside", "f8"),  # credits/day
        ("gap_distance", "f8"),  # logit
        ("elasticity", "f8"),  # of revenue on the rate
        ("horizon", "f8"),  # days
        ("sandbox", "f8"),  # by how much the sandbox needs less of the rate
        ("sandbox_share", "f8"),  # of the level, that the sandbox earns
        ("fee", "f8"),  # credits
        ("amnesty", "i8"),  # failures that are forgiven
        ("ejected", "f8"),  # share of the stake that an ejection costs, as the next two
        ("expired", "f8"),
        ("rejected", "f8"),
        ("esteem", "f8"),  # credits that a failure everybody hears of is as bad as
        ("clip", "f8"),  # share of a stake that a round pays or burns at most; 0: there are no rounds
        ("rounds", "f8"),  # a day
        ("rated", "f8"),  # rate of a model that rounds neither pay nor burn
    ]
)


def own_figures(own) -> np.ndarray:
    """OWN (1,) of ``Own``."""
    return record(OWN, own.domain, own.wealth, own.revenue, own.running_cost, own.hours, own.speed, own.cost, own.rate,
                  own.rate_sd, own.admitted, own.idea, own.failures, own.grant, own.barred)  # fmt: skip


def public_figures(public) -> np.ndarray:
    """PUBLIC (domains,) of ``Public``."""
    x = public.settings
    about, governance, prior = x.developers, x.governance, x.evidence
    least, most = min(public.required), max(public.required)
    # With nobody admitted the least that will be; where anybody will be, what is believed of the unknown.
    unknown = most or prior.prior_good / (prior.prior_good + prior.prior_bad)
    slashed = [public.slash if cause in x.stake.exposure else 0.0 for cause in ("ejection", "expiry", "rejection")]
    esteem = about.esteem if x.gauntlet.disclosure != "none" else 0.0  # else nobody hears of a failure
    rounds = (0.0, 0.0, 0.0)
    if x.stake.slashing == "numerai" and public.rated == public.rated:
        rounds = (x.stake.clip, DAY_S / x.tick_s, public.rated)
    queue = public.wait_days + x.gauntlet.days
    sandbox = max(governance.strictness - governance.sandbox_strictness, 0.0)
    return np.array(
        [
            (rate if rate == rate else least, leader, rate if rate > 0 else unknown, queue, about.endowment.outside,
             x.learning.gap_distance, about.beliefs.elasticity, about.horizon_days, sandbox, x.router.sandbox_share,
             x.gauntlet.fee, governance.amnesty, *slashed, esteem, *rounds)
            for rate, leader in zip(public.rate, public.leader, strict=True)
        ],
        PUBLIC,
    )  # fmt: skip
