"""The tail of a model's success rate over windows, free of sampling noise."""

import numpy as np


def cvar_of_windows(windows, mean, level):
    """Mean success rate over the worst ``level`` of the evidence, by window: (n,) in [0, 1].

    ``windows`` (n, W, 2): effective outcomes N_w and good ones G_w of each window; ``mean`` (n,) posterior mean;
    ``level`` in (0, 1].

    A window of few outcomes has an extreme rate by chance, and a tail of raw rates would punish whoever is seen
    little. So the rates are shrunk to the mean by empirical Bayes: the variance between windows beyond the binomial,
    τ² (method of moments), makes the rates Beta with k = m(1-m)/τ² - 1 prior outcomes,
    and window w counts as (G_w + k·m) / (N_w + k). Without excess variance k is infinite and CVaR is the mean.
    """
    n_w, g_w = windows[..., 0].astype(float), windows[..., 1].astype(float)
    total, squares = n_w.sum(axis=1), (n_w**2).sum(axis=1)
    raw = g_w.sum(axis=1) / np.where(total > 0, total, 1.0)
    binomial = raw * (1.0 - raw)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = binomial * (total - squares / total)
        excess = ((g_w - n_w * raw[:, None]) ** 2).sum(axis=1) - expected
        pairs = (squares - total) * binomial
        correlation = np.where(pairs > 0, np.clip(excess / pairs, 0.0, 1.0), 0.0)
    m = mean[:, None]
    # k = 1/correlation - 1; both sides of the shrunk rate are multiplied by the correlation, which may be 0.
    c = correlation[:, None]
    rate = (g_w * c + (1.0 - c) * m) / np.where(n_w * c + 1.0 - c > 0, n_w * c + 1.0 - c, 1.0)
    order = np.argsort(rate, axis=1)
    size = np.take_along_axis(n_w, order, axis=1)
    rate = np.take_along_axis(rate, order, axis=1)
    tail = level * total
    before = np.cumsum(size, axis=1) - size
    taken = np.clip(tail[:, None] - before, 0.0, size)
    return np.where(total > 0, (taken * rate).sum(axis=1) / np.where(tail > 0, tail, 1.0), mean)
