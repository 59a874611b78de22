"""M12: what a developer knows when it decides, as records of numbers for compiled functions: see ``views``."""

import numpy as np

from sim.compiling import record
from sim.developers.latest import latest
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


@latest  # everybody decides by what is public today
def public_figures(public) -> np.ndarray:
    """PUBLIC (domains,) of ``Public``."""
    x = public.settings
    about, governance, prior = x.developers, x.governance, x.evidence
    found = np.zeros(len(public.rate), PUBLIC)
    rate, least, most = np.array(public.rate), min(public.required), max(public.required)
    found["rate"], found["leader"] = np.where(np.isnan(rate), least, rate), public.leader
    # With nobody admitted the least that will be; where anybody will be, what is believed of the unknown.
    found["reference"] = np.where(rate > 0, rate, most or prior.prior_good / (prior.prior_good + prior.prior_bad))
    found["queue"], found["outside"] = public.wait_days + x.gauntlet.days, about.endowment.outside
    found["gap_distance"], found["elasticity"] = x.learning.gap_distance, about.beliefs.elasticity
    found["horizon"], found["sandbox_share"] = about.horizon_days, x.router.sandbox_share
    found["sandbox"] = max(governance.strictness - governance.sandbox_strictness, 0.0)
    found["fee"], found["amnesty"] = x.gauntlet.fee, governance.amnesty
    for name, cause in (("ejected", "ejection"), ("expired", "expiry"), ("rejected", "rejection")):
        found[name] = public.slash if cause in x.stake.exposure else 0.0
    found["esteem"] = about.esteem if x.gauntlet.disclosure != "none" else 0.0  # else nobody hears of a failure
    if x.stake.slashing == "numerai" and public.rated == public.rated:
        found["clip"], found["rounds"], found["rated"] = x.stake.clip, DAY_S / x.tick_s, public.rated
    return found
