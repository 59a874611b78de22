"""The design effect: how many turns of shared sessions are worth one independent turn.

Kish, Survey Sampling (Wiley, 1965): turns of one session share its difficulty, so their sum varies d times as much
as independent turns would, and n of them carry the information of n/d.
"""

import numpy as np


def excess(clusters):
    """How much more the outcomes of one cluster are alike than by chance: (excess, pairs, number), (M,) each.

    ``clusters`` (M, 5): Σn, Σg, Σg², Σgn, Σn² over each model's clusters of n outcomes, g of them good. With
    m = Σg/Σn, unequal clusters have

        Σ(g - n·m)² / (m(1-m)·(Σn - Σn²/Σn)) ≈ 1 + ρ·(Σn²/Σn - 1),

    the denominator less Σn²/Σn because m is estimated (it is K/(K-1) for K equal clusters). So ρ = excess/pairs, from
    an effective ``number`` of clusters (Kish); all are 0 where nothing can be said.
    """
    n, g, gg, gn, nn = clusters.T
    with np.errstate(divide="ignore", invalid="ignore"):
        m = g / n
        binomial = m * (1.0 - m)
        between = gg - 2.0 * m * gn + m * m * nn  # Σ(g - n·m)²
        more = between - binomial * (n - nn / n)
        pairs = binomial * (1.0 - nn / n**2) * (nn - n)
        number = n**2 / nn
    informative = np.isfinite(more) & (pairs > 1e-9)
    return tuple(np.where(informative, x, 0.0) for x in (more, pairs, number))


def common(excess, pairs) -> float:
    """ρ of the whole network, in [0, 1], from ``excess`` and ``pairs`` of all its models."""
    total = pairs.sum()
    return min(max(excess.sum() / total, 0.0), 1.0) if total > 0 else 0.0


def design_effect(clusters, excess, pairs, number, whole: float, pool: float):
    """d = 1 + ρ·(R - 1): (M,) in [1, R], R = Σn²/Σn the mean cluster size that an outcome sees.

    ``clusters``, ``excess``, ``pairs``, ``number`` (M) as above; ``whole`` the network's ρ, for which ``pool`` clusters
    count beside the model's own. One model has few clusters; its ratio is noisy, and where it happens to be small the
    bound is too bold, an error that averaging does not undo. Hence the shrinkage; it is done on ρ, since d also depends
    on the cluster sizes.
    """
    own = np.clip(excess / np.where(pairs > 0, pairs, 1.0), 0.0, 1.0)
    n, nn = clusters[:, 0], clusters[:, 4]
    size = np.where(n > 0, nn / np.where(n > 0, n, 1.0), 1.0)
    return 1.0 + (number * own + pool * whole) / (number + pool) * (np.maximum(size, 1.0) - 1.0)
