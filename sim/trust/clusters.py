"""The design effect: how many turns of shared sessions are worth one independent turn.

Kish, Survey Sampling (Wiley, 1965): turns of one session share its difficulty, so their sum varies d times as much
as independent turns would, and n of them carry the information of n/d.
"""

import numpy as np


def intraclass(clusters, pool: float):
    """How alike the outcomes of one cluster are, shrunk towards the whole network: ρ (M,) in [0, 1].

    ``clusters`` (M, 5): Σn, Σg, Σg², Σgn, Σn² over each model's clusters of n outcomes, g of them good; ``pool`` that
    many clusters count for the network beside the model's own. With m = Σg/Σn, unequal clusters have

        Σ(g - n·m)² / (m(1-m)·(Σn - Σn²/Σn)) ≈ 1 + ρ·(Σn²/Σn - 1),

    the denominator less Σn²/Σn because m is estimated (it is K/(K-1) for K equal clusters). One model has few clusters;
    its ratio is noisy, and where it happens to be small the bound is too bold, an error that averaging does not
    undo. Hence the shrinkage; it is done on ρ, since d also depends on the cluster sizes.
    """
    n, g, gg, gn, nn = clusters.T
    with np.errstate(divide="ignore", invalid="ignore"):
        m = g / n
        binomial = m * (1.0 - m)
        between = gg - 2.0 * m * gn + m * m * nn  # Σ(g - n·m)²
        excess = between - binomial * (n - nn / n)
        pairs = binomial * (1.0 - nn / n**2) * (nn - n)
        number = n**2 / nn  # Kish's effective number of clusters
    informative = np.isfinite(excess) & (pairs > 1e-9)
    excess, pairs, number = (np.where(informative, x, 0.0) for x in (excess, pairs, number))
    own = np.clip(excess / np.where(informative, pairs, 1.0), 0.0, 1.0)
    common = min(max(excess.sum() / pairs.sum(), 0.0), 1.0) if informative.any() else 0.0
    return (number * own + pool * common) / (number + pool)


def design_effect(clusters, pool: float):
    """d = 1 + ρ·(R - 1): (M,) in [1, R], R = Σn²/Σn the mean cluster size that an outcome sees. See ``intraclass``."""
    n, nn = clusters[:, 0], clusters[:, 4]
    size = np.where(n > 0, nn / np.where(n > 0, n, 1.0), 1.0)
    return 1.0 + intraclass(clusters, pool) * (np.maximum(size, 1.0) - 1.0)
