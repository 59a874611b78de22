"""How different the things are among which shares are divided: mean distance and Vendi score.

Both take things as unit vectors, ``features`` (n, f) with rows of length 1; the similarity of two is their product,
from 0, nothing in common, to 1, the same. ``shares`` (n,) are at least 0 and add up to 1.
"""

import math

import numpy as np


def bits(positions: np.ndarray, n: int) -> np.ndarray:
    """Features (M, n + 1) of ``positions`` (M,), n bits as whole numbers: similarity is the share of bits that agree.

    With bits as 1 and -1 that share is (1 + their product / n) / 2.
    """
    features = np.empty((len(positions), n + 1))
    features[:, 0] = math.sqrt(0.5)
    features[:, 1:] = math.sqrt(0.5 / n) * np.array([-1.0, 1.0])[(positions[:, None] >> np.arange(n)) & 1]
    return features


def mean_distance(features: np.ndarray, shares: np.ndarray) -> float:
    """Σ p_i·p_j·(1 - similarity of i and j), in [0, 1).

    Rao's quadratic entropy (Theoretical Population Biology 21, 1982). It is 1 - |Σ p_i·features_i|², without pairs.
    """
    mean = shares @ features
    return max(0.0, 1.0 - float(mean @ mean))


def vendi(features: np.ndarray, shares: np.ndarray) -> float:
    """Vendi score: the effective number of different things, from 1, all the same, to n, nothing in common.

    exp(-Σ λ·log λ) over the eigenvalues λ of (√p_i·√p_j·similarity of i and j) (Friedman & Dieng, TMLR 2023). Those of
    the smaller Σ p_i·features_i·features_iᵀ (f, f) are the same, but for zeros.
    """
    spectrum = np.linalg.eigvalsh((features.T * shares) @ features)
    spectrum = spectrum[spectrum > 0.0]
    return max(1.0, float(np.exp(-(spectrum * np.log(spectrum)).sum())))
