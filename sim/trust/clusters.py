"""The design effect: how many turns of shared sessions are worth one independent turn.

Kish, Survey Sampling (Wiley, 1965): turns of one session share its difficulty, so their sum varies d times as much
as independent turns would, and n of them carry the information of n/d.
"""

from sim.compiling import kernel


@kernel
def excess(n, g, gg, gn, nn):
    """How much more the outcomes of one cluster are alike than by chance: (excess, pairs, number).

    Σn, Σg, Σg², Σgn, Σn² over one model's clusters of n outcomes, g of them good. With m = Σg/Σn, unequal clusters have

        Σ(g - n·m)² / (m(1-m)·(Σn - Σn²/Σn)) ≈ 1 + ρ·(Σn²/Σn - 1),

    the denominator less Σn²/Σn because m is estimated (it is K/(K-1) for K equal clusters). So ρ = excess/pairs, from
    an effective ``number`` of clusters (Kish); all are 0 where nothing can be said.
    """
    if not n > 0.0:
        return 0.0, 0.0, 0.0
    m = g / n
    binomial = m * (1.0 - m)
    between = gg - 2.0 * m * gn + m * m * nn  # Σ(g - n·m)²
    pairs = binomial * (1.0 - nn / n**2) * (nn - n)
    if not pairs > 1e-9:
        return 0.0, 0.0, 0.0
    return between - binomial * (n - nn / n), pairs, n**2 / nn


@kernel
def correlation(excess, pairs):
    """ρ in [0, 1]: of one model from its ``excess`` and ``pairs``, of the network from their sums over its models."""
    return min(max(excess / pairs, 0.0), 1.0) if pairs > 0.0 else 0.0


@kernel
def design_effect(n, nn, own, number, whole, pool):
    """d = 1 + ρ·(R - 1) in [1, R], R = Σn²/Σn the mean cluster size that an outcome sees.

    ``n``, ``nn`` Σn and Σn² of a model, ``own`` its ρ, from ``number`` clusters; ``whole`` the network's ρ, for which
    ``pool`` clusters count beside the model's own. One model has few clusters; its ratio is noisy, and where it happens
    to be small the bound is too bold, an error that averaging does not undo. Hence the shrinkage; it is done on ρ,
    since d also depends on the cluster sizes.
    """
    size = max(nn / n, 1.0) if n > 0.0 else 1.0
    return 1.0 + (number * own + pool * whole) / (number + pool) * (size - 1.0)
