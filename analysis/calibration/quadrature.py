"""Moments of the logistic-normal success rate, accurate at every spread.

A task's success rate is p = sigmoid(mu + s z), z ~ N(0, 1). Every quantity of the calibration is an integral of
``f(z) = phi(z) p^c (1-p)^(n-c)``. Gauss-Hermite with fixed nodes is 45 % off at s = 6; the plain trapezoid rule is
exact to rounding, because of two bounds that hold pointwise:

* *Step.* Off the real axis ``|f(x+iy)| <= f(x) exp(y^2/2 - n log cos(s y/2))`` for y < pi/s, since
  ``|1+e^-(u+iv)|^2 = (1+e^-u)^2 - 4 e^-u sin^2(v/2) >= (1+e^-u)^2 cos^2(v/2)``. The trapezoid rule of step h then has
  a relative error below ``2 exp(y^2/2 - n log cos(s y/2) - 2 pi y/h)`` (Trefethen and Weideman, SIAM Review 56, 2014,
  theorem 5.1). ``step`` takes the widest h that keeps it under ``exp(-LOG_TOLERANCE)``.
* *Window.* log f has curvature at least 1, so f falls off its peak at least as fast as exp(-t^2/2): a window of
  ``HALF_WINDOW`` around the mode loses nothing, wherever the mode is.

Units: mu and s are logits; n, c are numbers of trials; moments are probabilities.
"""

import numpy as np
from scipy.special import expit, gammaln, log_expit

LOG_TOLERANCE = 35.0  # relative error exp(-35) = 6e-16, below the rounding of the sum
HALF_WINDOW = 9.0  # exp(-9**2/2) = 3e-18
_MODE_TOLERANCE = 0.05


def step(growth, ceiling: float, log_tolerance: float = LOG_TOLERANCE) -> float:
    """Widest trapezoid step whose relative error stays under exp(-``log_tolerance``).

    ``growth(y)``: log of the bound on |f(x+iy)|/f(x), vectorised over heights 0 < y < ``ceiling``.
    """
    # Beyond a height of 12 the Gaussian factor exp(y^2/2) alone costs more than the height gains.
    y = np.linspace(0.01, 0.99, 99) * min(ceiling, 12.0)
    return float(np.max(2 * np.pi * y / (log_tolerance + growth(y))))


def task_step(spread: float, trials: float, variance: float = 1.0, log_tolerance: float = LOG_TOLERANCE) -> float:
    """Step for the integrand of ``trials`` trials at ``spread``, under a Gaussian of ``variance``."""
    if spread == 0:
        return step(lambda y: y**2 / (2 * variance), np.inf, log_tolerance)

    def growth(y):
        return y**2 / (2 * variance) - trials * np.log(np.cos(spread * y / 2))

    return step(growth, np.pi / spread, log_tolerance)


def _mode(mu, spread, successes, trials):
    """Where phi(z) p^c (1-p)^(n-c) peaks, by bisection: its log-derivative s(c - n p) - z falls in z."""
    low, high = -spread * (trials - successes), spread * successes
    width = float(np.max(high - low, initial=0.0))
    for _ in range(int(np.ceil(np.log2(max(width / _MODE_TOLERANCE, 1.0))))):
        middle = (low + high) / 2
        rising = spread * (successes - trials * expit(mu + spread * middle)) > middle
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    return (low + high) / 2


def posterior(mu, spread, successes, trials):
    """The law of z given ``successes`` of ``trials``; all arguments broadcast, spread >= 0.

    Returns ``(log_moment, z, weight)``: log E[p^c (1-p)^(n-c)] of the broadcast shape, and nodes and weights of shape
    (..., nodes), the weights summing to 1, so that any posterior mean is ``(weight * g(z)).sum(-1)``.
    """
    mu, spread, c, n = np.broadcast_arrays(*(np.asarray(a, float) for a in (mu, spread, successes, trials)))
    h = task_step(float(spread.max(initial=0.0)), float(n.max(initial=0.0)))
    half = int(np.ceil((HALF_WINDOW + _MODE_TOLERANCE) / h))
    z = _mode(mu, spread, c, n)[..., None] + h * np.arange(-half, half + 1)
    u = mu[..., None] + spread[..., None] * z
    # c log p + (n-c) log(1-p), with log(1-p) = log p - u
    log_f = n[..., None] * log_expit(u) - (n - c)[..., None] * u - z**2 / 2
    peak = log_f.max(-1)
    weight = np.exp(log_f - peak[..., None])
    total = weight.sum(-1)
    return peak + np.log(total * h / np.sqrt(2 * np.pi)), z, weight / total[..., None]


def log_choose(trials, successes):
    """log of the binomial coefficient."""
    return gammaln(trials + 1.0) - gammaln(successes + 1.0) - gammaln(trials - successes + 1.0)


def log_moment(mu, spread, successes, failures):
    """log E[p^successes (1-p)^failures]; arguments broadcast."""
    return posterior(mu, spread, successes, np.asarray(successes) + np.asarray(failures))[0]


def moment(mu, spread, successes, failures=0):
    """E[p^successes (1-p)^failures], in (0, 1]; arguments broadcast."""
    return np.exp(log_moment(mu, spread, successes, failures))


def count_probability(mu, spread, successes, trials):
    """Probability of ``successes`` of ``trials`` on a random task: C(n, c) E[p^c (1-p)^(n-c)]."""
    return np.exp(log_choose(trials, successes) + posterior(mu, spread, successes, trials)[0])


def ability(mu, spread):
    """Mean success rate over tasks, E[p]."""
    return moment(mu, spread, 1)


def pass_k(mu, spread, ks):
    """pass^k = E[p^k] for every k in ``ks``: the chance that k trials of one task all succeed."""
    return moment(mu, spread, np.asarray(ks))


def pass_k_gradient(mu, spread, ks):
    """Derivatives of pass^k by (mu, s); shape (len(ks), 2)."""
    ks = np.asarray(ks, float)
    log_value, z, weight = posterior(mu, spread, ks, ks)
    slope = weight * ks[:, None] * expit(-(mu + spread * z))
    return np.exp(log_value)[:, None] * np.stack([slope.sum(-1), (slope * z).sum(-1)], axis=-1)
