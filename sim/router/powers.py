"""Powers of scores as weights."""

import numpy as np


def power(score, exponent):
    """(score / best score)**exponent: (n,) numbers in [0, 1] with a best of 1, so high exponents do not underflow.

    ``score`` (n,) >= 0; where every score is 0, all weigh 1.
    """
    best = score.max()
    return np.ones(len(score)) if best <= 0 else (score / best) ** exponent
