"""How much of a task's difficulty models share: κ common to all, ξ more within a lineage.

Model m meets task t with z = √κ z_t + √ξ z_{lineage,t} + √(1-κ-ξ) z_{m,t}, all standard normal, and succeeds with
p = sigmoid(mu_m + s_m z). Given the fitted (mu_m, s_m) the likelihood of a task integrates out all three parts:

    L_t = ∫ φ(z_t) Π_lineage [ ∫ N(v; √(κ/ρ) z_t, 1-κ/ρ) Π_m G_m(v) dv ] dz_t,     ρ = κ + ξ,
    G_m(v) = ∫ N(w; √ρ v, 1-ρ) p_m(w)^c (1-p_m(w))^(n-c) dw.

Both inner integrals are one Gaussian smoothing, so each is a matrix product on trapezoid nodes. A product of such
smoothings grows off the real axis by at most exp(y²/2 · number · share/(1-share)), which sets the steps
(``quadrature.step``). Standard errors come from the observed information in (κ, ξ) alone: (mu, s) count as known. In
60 simulated files of 6 models on 80 tasks, κ scattered by 1.04 and ξ by 1.00 times the mean standard error.
"""

import numpy as np
import pandas as pd
from scipy.optimize import minimize, minimize_scalar
from scipy.special import log_expit, logsumexp

from analysis.calibration.quadrature import HALF_WINDOW, step, task_step

SHARE_MAX = 0.99  # ρ; a closer likeness needs a finer grid, and models that alike are one model
_WITHIN_MAX = 0.995  # κ/ρ
_TINY = 1e-4


def _nodes(h):
    half = int(np.ceil(HALF_WINDOW / h))
    return h * np.arange(-half, half + 1)


def _smoothing(share, centres, nodes):
    """Matrix (centres, nodes) of N(node; √share · centre, 1-share) times the nodes' step."""
    distance = nodes[None, :] - np.sqrt(share) * centres[:, None]
    scale = (nodes[1] - nodes[0]) / np.sqrt(2 * np.pi * (1 - share))
    return scale * np.exp(-(distance**2) / (2 * (1 - share)))


def _product_nodes(number, share, own_variance=1.0):
    """Nodes for a product of ``number`` smoothings with ``share`` under a Gaussian of ``own_variance``."""
    rate = 1 / own_variance + number * share / (1 - share)
    return _nodes(step(lambda y: rate * y**2 / 2, np.inf))


class SharedTasks:
    """The tasks that several models tried, laid out for the likelihood of (κ, ξ).

    ``counts``: columns model, task, n, c and, where lineages are known, lineage. ``fits``: model -> (mu, s); models
    without finite (mu, s), or to which all tasks are the same (s = 0), say nothing of shares and are left out.
    """

    def __init__(self, counts: pd.DataFrame, fits: dict[str, tuple[float, float]]):
        fits = {m: f for m, f in fits.items() if np.isfinite(f).all() and f[1] > 0}
        rows = counts[counts["model"].isin(list(fits))]
        rows = rows[rows.groupby("task")["model"].transform("nunique") > 1]
        self.tasks = rows["task"].nunique()
        self.models = rows["model"].nunique()
        self.has_lineages = False
        if not self.tasks:
            return
        lineage = rows["lineage"] if "lineage" in rows else rows["model"]
        rows = rows.assign(lineage=lineage).sort_values(["task", "lineage"], kind="stable")
        new_task = (rows["task"] != rows["task"].shift()).to_numpy()
        new_group = new_task | (rows["lineage"] != rows["lineage"].shift()).to_numpy()
        self._group_starts = np.flatnonzero(new_group)
        self._task_starts = np.flatnonzero(new_task[new_group])  # in groups
        self.most_kin = int(np.diff(np.append(self._group_starts, len(rows))).max())
        self.most_models = int(np.diff(np.append(np.flatnonzero(new_task), len(rows))).max())
        # Without two lineages, or without kin, κ and ξ are the same number.
        self.has_lineages = self.most_kin > 1 and rows["lineage"].nunique() > 1
        cells = rows[["model", "n", "c"]].drop_duplicates().reset_index(drop=True)
        keys = pd.MultiIndex.from_frame(cells)
        self._row_cell = keys.get_indexer(pd.MultiIndex.from_frame(rows[["model", "n", "c"]]))
        mu, spread = np.array([fits[m] for m in cells["model"]]).T
        n, c = cells["n"].to_numpy(float), cells["c"].to_numpy(float)
        # Nodes fine enough for the sharpest model under the narrowest smoothing serve every (κ, ξ).
        self._w = _nodes(task_step(float(spread.max()), float(n.max()), 1 - SHARE_MAX))
        u = mu[:, None] + spread[:, None] * self._w
        self._likelihood = np.exp(n[:, None] * log_expit(u) - (n - c)[:, None] * u)

    def _models_given(self, share, nodes):
        """log of each group's Π_m G_m(v) at ``nodes``; shape (groups, nodes)."""
        smooth = self._likelihood @ _smoothing(share, nodes, self._w).T
        return np.add.reduceat(np.log(smooth + 1e-300)[self._row_cell], self._group_starts, axis=0)

    def loglik(self, kappa: float, xi: float = 0.0) -> float:
        """log-likelihood of all tasks, up to the binomial coefficients."""
        share = kappa + xi
        if xi == 0:
            z = _product_nodes(self.most_models, share)
            groups = self._models_given(share, z)
        else:
            within = kappa / share
            groups_per_task = int(np.diff(np.append(self._task_starts, len(self._group_starts))).max())
            z = _product_nodes(groups_per_task, within)
            v = _product_nodes(self.most_kin, share, 1 - within)
            groups = self._models_given(share, v)
            peak = groups.max(axis=1, keepdims=True)
            groups = np.log(np.exp(groups - peak) @ _smoothing(within, z, v).T + 1e-300) + peak
        tasks = np.add.reduceat(groups, self._task_starts, axis=0)
        log_prior = -(z**2) / 2 + np.log((z[1] - z[0]) / np.sqrt(2 * np.pi))
        return float(logsumexp(tasks + log_prior, axis=1).sum())


def fit_sharing(counts: pd.DataFrame, fits: dict[str, tuple[float, float]], lineages: bool) -> dict:
    """Maximum likelihood of κ, and of ξ where ``lineages`` and the data can tell them apart.

    Returns kappa, kappa_se, xi, xi_se (None where not identified, and standard errors None on a bound),
    shared_tasks. κ is None unless two models whose tasks differ share a task.
    """
    data = SharedTasks(counts, fits)
    result = dict.fromkeys(("kappa", "kappa_se", "xi", "xi_se")) | {"shared_tasks": data.tasks}
    if not data.tasks:
        return result
    best = minimize_scalar(lambda k: -data.loglik(k), bounds=(0, SHARE_MAX), method="bounded", options={"xatol": 1e-5})
    kappa, xi = float(best.x), 0.0
    if lineages and data.has_lineages:
        two = _fit_both(data, kappa)
        kappa, xi = two if data.loglik(*two) > data.loglik(kappa) else (kappa, 0.0)
        result["xi"] = xi
    errors = _standard_errors(data, kappa, xi)
    result |= {"kappa": kappa, "kappa_se": errors[0]}
    if result["xi"] is not None:
        result["xi_se"] = errors[1]
    return result


def _fit_both(data, kappa):
    """Maximum over (ρ, κ/ρ), both in the unit interval."""
    bounds = [(_TINY, SHARE_MAX), (0.0, _WITHIN_MAX)]

    def loss(x):
        share, within = np.clip(x, *zip(*bounds, strict=True))
        return -data.loglik(share * within, share * (1 - within))

    start = [min(0.5 + 0.5 * kappa, 0.9), 0.85]
    found = minimize(loss, start, method="Nelder-Mead", bounds=bounds, options={"xatol": 1e-4, "fatol": 1e-5})
    share, within = found.x
    return float(share * within), float(share * (1 - within))


def _standard_errors(data, kappa, xi):
    """From the observed information by central differences; None on or too near a bound."""
    h = 0.01
    if kappa < 2 * h or kappa + xi > SHARE_MAX - 2 * h:
        return None, None
    if xi < 2 * h:
        curvature = data.loglik(kappa + h) - 2 * data.loglik(kappa) + data.loglik(kappa - h)
        return (float(h / np.sqrt(-curvature)) if curvature < 0 else None), None

    def value(i, j):
        return data.loglik(kappa + i * h, xi + j * h)

    centre = value(0, 0)
    by_kappa = value(1, 0) - 2 * centre + value(-1, 0)
    by_xi = value(0, 1) - 2 * centre + value(0, -1)
    cross = (value(1, 1) - value(1, -1) - value(-1, 1) + value(-1, -1)) / 4
    information = -np.array([[by_kappa, cross], [cross, by_xi]]) / h**2
    if np.linalg.eigvalsh(information)[0] <= 0:
        return None, None
    return tuple(float(e) for e in np.sqrt(np.diag(np.linalg.inv(information))))
