"""Rules of allocation that look at the evidence alone.

Every public function here is a rule: n admitted models of one domain in, n relative weights out. Weights are
finite and not negative, their sum is positive, and only their ratios matter. C is confidence.
"""

import numpy as np

from sim.router.best import chance_of_best
from sim.router.powers import power
from sim.router.tail import cvar_of_windows


def proportional(evidence, catalogue, alpha):
    """w = C**alpha. alpha 0 is uniform, alpha → ∞ greedy; below about 4 it is uniform in disguise.

    In the field: Luce's choice rule (Luce, Individual Choice Behavior, 1959) with a power scale.
    """
    return power(evidence.confidence, alpha)


def softmax(evidence, catalogue, temperature):
    """w = exp(C/T). T → 0 is greedy, T → ∞ uniform.

    In the field: Luce's choice rule with an exponential scale, Boltzmann exploration (Sutton and Barto,
    Reinforcement Learning, 2nd ed., section 2.8).
    """
    return np.exp((evidence.confidence - evidence.confidence.max()) / temperature)


def greedy(evidence, catalogue):
    """w = 1 for the highest C, 0 for the others; equals share.

    In the field: winner takes all; exploitation without exploration.
    """
    return _best(evidence.confidence)


def epsilon_greedy(evidence, catalogue, epsilon):
    """w = (1-ε)·greedy + ε/n.

    In the field: ε-greedy (Watkins, PhD thesis, 1989); customary ε is 0.1.
    """
    w = _best(evidence.confidence)
    return (1.0 - epsilon) * w / w.sum() + epsilon / len(w)


def thompson(evidence, catalogue):
    """w = posterior probability of being the best.

    In the field: probability matching (Thompson, Biometrika 25, 1933), there by one posterior draw a request. A window
    of many turns gets the probabilities that single requests would realise one by one.
    """
    return chance_of_best(evidence.alpha, evidence.beta)


def ucb(evidence, catalogue):
    """w = 1 for the highest upper bound: optimism in the face of uncertainty.

    In the field: UCB1 (Auer, Cesa-Bianchi and Fischer, Machine Learning 47, 2002), here with the (1-δ)-quantile of the
    posterior in place of the Hoeffding bound (Bayes-UCB: Kaufmann, Cappé and Garivier, AISTATS 2012).
    """
    return _best(evidence.upper)


def lcb(evidence, catalogue):
    """w = 1 for the highest lower bound, whatever confidence is: pessimism; who is unknown stays unknown.

    In the field: the lower confidence bound of offline learning (Jin, Yang and Wang, ICML 2021).
    """
    return _best(evidence.lower)


def cvar(evidence, catalogue, level, alpha):
    """w = CVaR**alpha, CVaR the mean success rate over the worst ``level`` of the last windows.

    It punishes unpredictable loss under stress, not ignorance: what binomial noise alone explains is shrunk away
    (see ``cvar_of_windows``). In the field: conditional value at risk (Rockafellar and Uryasev, Journal of Risk 2,
    2000; customary levels are 0.01 to 0.1).
    """
    return power(cvar_of_windows(evidence.windows / evidence.d[:, None, None], evidence.mean, level), alpha)


def _best(score):
    return (score == score.max()).astype(float)
