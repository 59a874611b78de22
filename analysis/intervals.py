"""Intervals of confidence."""

import numpy as np

Z95 = 1.959963984540054  # 97.5 % quantile of the standard normal


def wilson(successes: np.ndarray, trials: np.ndarray, z: float = Z95) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's score interval of a share (JASA 22, 1927): (low, high), NaN without trials.

    (p + z²/2n ± z·√(p(1-p)/n + z²/4n²)) / (1 + z²/n). It takes trials as independent.
    """
    n = np.where(np.asarray(trials) > 0, trials, np.nan)
    p = successes / n
    middle, half = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)
