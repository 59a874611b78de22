"""Expected utility of wealth."""

import numpy as np

from sim.compiling import entry
from sim.developers.options import NEVER
from sim.developers.utility import certain, floor


def expected_utility(options, own, public):
    """v = income + CE/span; CE: u(w + CE) = Σ p·u(w + x), u(w) = w^(1-γ)/(1-γ), w wealth at the end of the option.

    In the field: expected utility under constant relative risk aversion (Pratt, Econometrica 32, 1964; Arrow, 1965).
    No published default of γ: estimates go from about 0.5 (Holt and Laury, American Economic Review 92, 2002) to
    above 2. γ = 0 is the mean. Wealth counts as no less than a day of living.
    """
    values = np.empty(len(options))
    _fill(options, own.wealth, own.risk_aversion, floor(own), values)
    return values


@entry
def _fill(options, wealth, aversion, least, values):
    for i in range(len(options)):
        o, values[i] = options[i], NEVER
        if o.feasible:
            sure = certain(o.chances, o.payoffs, wealth + o.income * o.days, aversion, least)
            values[i] = o.income + sure / o.span
