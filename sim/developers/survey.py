"""M12: what the public record tells of the admitted models, domain by domain."""

import math

import numpy as np

from sim.compiling import entry
from sim.economy.ledger import MICRO
from sim.status import Status

# Of the admitted models of one domain; nan without one.
DOMAIN = np.dtype(
    [
        ("leader", "i8"),  # the model of the best rate, of equal ones the youngest; -1: none
        ("best", "f8"),  # its rate
        ("rate", "f8"),  # mean rate
        ("revenue", "f8"),  # mean revenue of those that were there in the last window, credits/day
    ]
)


def survey(status, domain, alpha, beta, paid, days: float, domains: int) -> tuple[np.ndarray, np.ndarray]:
    """DOMAIN (domains,), and the rates of all admitted models, (n,): posterior means of their success rates.

    ``status``, ``domain``, ``alpha`` and ``beta`` (M,) of all models; ``paid`` (m,) micro-credits that the first m of
    them brought their developers in the last window, of ``days``.
    """
    found, rates = np.empty(domains, DOMAIN), np.empty(len(status))
    n = _survey(status, domain, alpha, beta, paid, days, found, rates, np.zeros((domains, 2), np.int64))
    return found, rates[:n]


@entry
def _survey(status, domain, alpha, beta, paid, days, found, rates, count):
    for d in range(len(found)):
        x = found[d]
        x.leader, x.best, x.rate, x.revenue = -1, math.nan, 0.0, 0.0
    n = 0
    for m in range(len(status)):
        if status[m] != Status.ADMITTED:
            continue
        x, rate = found[domain[m]], alpha[m] / (alpha[m] + beta[m])
        rates[n] = rate
        n += 1
        x.rate += rate
        count[domain[m], 0] += 1
        if not rate < x.best:
            x.leader, x.best = m, rate
        if m < len(paid):
            x.revenue += paid[m] / MICRO / days
            count[domain[m], 1] += 1
    for d in range(len(found)):  # nan, being 0/0, without a model
        found[d].rate /= count[d, 0]
        found[d].revenue /= count[d, 1]
    return n
