"""Rules of allocation that look past the evidence: at price, size, show, stake or habit.

Every public function here is a rule: n admitted models of one domain in, n relative weights out. Weights are
finite and not negative, their sum is positive, and only their ratios matter.
"""

import numpy as np

from sim.router.powers import power


def uniform(evidence, catalogue):
    """w = 1: an access economy.

    In the field: random or round-robin load balancing, the default of Envoy and of most gateways.
    """
    return np.ones(len(catalogue))


def inverse_square_price(evidence, catalogue):
    """w = 1/price²: the cheap get the traffic. Where some models are free, they share it evenly (the limit).

    Source: OpenRouter, provider routing, published default among providers without recent outages.
    """
    cheapest = catalogue.price.min()
    if cheapest == 0:
        return (catalogue.price == 0).astype(float)
    return (cheapest / catalogue.price) ** 2


def capacity(evidence, catalogue):
    """w = slots: a compute economy, in which who brings more capacity serves more.

    In the field: weighted round robin by capacity (Katevenis, Sidiropoulos and Courcoubetis, IEEE JSAC 9, 1991).
    """
    return catalogue.slots.astype(float)


def showcase(evidence, catalogue, alpha):
    """w = D**alpha, D the first-pass demo score: the presentation economy; no later outcome changes it.

    With the ``alpha`` of `proportional` the two economies differ only in what they look at.
    No published default: a hypothesis to compare.
    """
    return power(catalogue.demo_score, alpha)


def stake_weighted(evidence, catalogue, alpha, beta, s0):
    """w = C**alpha · (1 + S/S0)**beta: stake multiplies merit.

    In the field: proof-of-stake selection is alpha = 0, beta = 1 for S >> S0 (King and Nadal, PPCoin, 2012). No
    system publishes its formula for stake into routing: a hypothesis to compare.
    """
    return power(evidence.confidence, alpha) * power(1.0 + catalogue.stake / s0, beta)


def reinforced(evidence, catalogue):
    """w = 1 + successes served so far: the rich get richer.

    In the field: Pólya's urn (Eggenberger and Pólya, ZAMM 3, 1923), preferential attachment. One turn a tick and
    two equal models: the long-run share is uniform on (0, 1), so luck alone decides.
    """
    return 1.0 + evidence.turns_ok
