"""Expected utility of wealth."""

import numpy as np

from sim.developers.options import NEVER
from sim.developers.utility import sure


def expected_utility(options, own, public):
    """v = income + CE/span; CE: u(w + CE) = Σ p·u(w + x), u(w) = w^(1-γ)/(1-γ), w wealth at the end of the option.

    In the field: expected utility under constant relative risk aversion (Pratt, Econometrica 32, 1964; Arrow, 1965).
    No published default of γ: estimates go from about 0.5 (Holt and Laury, American Economic Review 92, 2002) to
    above 2. γ = 0 is the mean. Wealth counts as no less than a day of living.
    """
    return np.where(options["feasible"], options["income"] + sure(options, own) / options["span"], NEVER)
