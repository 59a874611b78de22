"""Does the fit predict? Fitted to the first trials of each task, it prices pass^k of trials it has not seen.

``predicted`` is E[p^k] under the fit. The interval covers ``observed - predicted``: with T tasks, first trials (n, c)
and the task's estimate x_k = C(c,k)/C(n,k) among the judged trials, the difference is to first order a sum over tasks
of

    a = (x_k - E[p^k])/T - grad E[p^k] · information^-1 · score(c_first),

whose variance is summed exactly over all results of a task under the fit. So it holds both the luck of the tasks and
the error of the fit, and knows that the two are correlated where judged trials include the fitted ones.
"""

import numpy as np
import pandas as pd

from analysis.calibration.maximum_likelihood import Fit, fit, score_and_information
from analysis.calibration.quadrature import count_probability, log_choose, pass_k, pass_k_gradient
from analysis.calibration.reliability import pass_k_per_task
from analysis.calibration.trials import Trials
from analysis.errors import InputError

_NORMAL_95 = 1.959963984540054


def predict(trials: Trials, first: int | None = None) -> pd.DataFrame:
    """Fit to the first ``first`` trials of each task (default: half, rounded up) and judge by what followed.

    One row per model, judged trials and k: ``judged`` is "later" (only trials after the first) or "all";
    ``observed``, ``predicted``, the 95 % interval ``low`` to ``high`` in which the observed should fall, and
    ``independent``, (pass^1)^k from the same first trials. Models without later trials, or whose first trials identify
    no spread, are left out. Raises ``InputError`` where only counts are known.
    """
    if trials.log is None:
        raise InputError(f"{trials.source}: found counts; allowed are trials, since counts do not say which came first")
    log = trials.log[trials.log["turn"] == 1].sort_values(["task", "trial"])
    tables = []
    for model, rows in log.groupby("model", sort=False):
        order = rows.groupby("task").cumcount()
        fewest = int(rows.groupby("task").size().min())
        used = (fewest + 1) // 2 if first is None else first
        if not 2 <= used < fewest:
            continue
        early, late = (rows[m].groupby("task")["success"].agg(["sum", "size"]) for m in (order < used, order >= used))
        c1, n1, c2, n2 = (part[name].to_numpy() for part in (early, late) for name in ("sum", "size"))
        fitted = fit(c1, n1)
        if np.isfinite(fitted.mu):
            for judged in ("later", "all"):
                table = _judge(fitted, c1, n1, c2, n2, judged)
                table.insert(0, "model", model)
                tables.append(table)
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["model", *_COLUMNS])


def predict_in_sample(counts: pd.DataFrame) -> pd.DataFrame:
    """The same table with every trial both fitted and judged (``judged`` "in sample"), for counts (model, n, c)."""
    tables = []
    for model, rows in counts.groupby("model", sort=False):
        c, n = rows["c"].to_numpy(), rows["n"].to_numpy()
        fitted = fit(c, n)
        if np.isfinite(fitted.mu):
            table = _judge(fitted, c, n, np.zeros_like(c), np.zeros_like(n), "all").assign(judged="in sample")
            table.insert(0, "model", model)
            tables.append(table)
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["model", *_COLUMNS])


_COLUMNS = ["judged", "first", "tasks", "k", "observed", "predicted", "low", "high", "independent"]


def _judge(fitted: Fit, c1, n1, c2, n2, judged: str) -> pd.DataFrame:
    """Observed beside predicted for k = 1..fewest judged trials."""
    c, n = (c2, n2) if judged == "later" else (c1 + c2, n1 + n2)
    ks = np.arange(1, n.min() + 1)
    observed = pass_k_per_task(c, n, len(ks)).mean(axis=0)
    predicted = pass_k(fitted.mu, fitted.spread, ks)
    reach = _NORMAL_95 * _difference_sd(fitted, n1, n2, judged, ks)
    columns = {
        "judged": judged,
        "first": int(n1.min()),
        "tasks": len(n),
        "k": ks,
        "observed": observed,
        "predicted": predicted,
        "low": np.maximum(predicted - reach, 0),
        "high": np.minimum(predicted + reach, 1),
        "independent": np.mean(c1 / n1) ** ks,
    }
    return pd.DataFrame(columns)[_COLUMNS]


def _difference_sd(fitted: Fit, n1, n2, judged: str, ks) -> np.ndarray:
    """sd of observed - predicted under the fit, by k: see the head of the file."""
    mu, spread = fitted.mu, fitted.spread
    kinds, repeats = np.unique(np.stack([n1, n2]), axis=1, return_counts=True)
    results = [_results(mu, spread, *kind) for kind in kinds.T]
    expected = [np.einsum("c,cij->ij", p, information) for _, _, p, _, information in results]
    information = np.einsum("k,kij->ij", repeats, expected)
    gradient = pass_k_gradient(mu, spread, ks)
    inverse = np.zeros((2, 2))
    if np.isfinite(fitted.covariance).all():
        inverse = np.linalg.inv(information)
    else:  # on a bound of the spread only mu is uncertain
        inverse[0, 0] = 1 / information[0, 0]
    variance = np.zeros(len(ks))
    for (first, later), r, (c1, c2, p, score, _) in zip(kinds.T, repeats, results, strict=True):
        c, n = (c2, later) if judged == "later" else (c1 + c2, first + later)
        estimate = pass_k_per_task(c, np.full(len(c), n), len(ks))
        term = (estimate - pass_k(mu, spread, ks)) / len(n1) - score @ inverse @ gradient.T
        variance += r * (p @ term**2)
    return np.sqrt(variance)


def _results(mu, spread, first, later):
    """Every (c_first, c_later) of one task with its probability, and score and information of c_first."""
    c1, c2 = (a.ravel() for a in np.meshgrid(np.arange(first + 1), np.arange(later + 1), indexing="ij"))
    # Given the total, which trials succeeded is hypergeometric: trials of one task are exchangeable.
    split = log_choose(first, c1) + log_choose(later, c2) - log_choose(first + later, c1 + c2)
    probability = np.exp(split) * count_probability(mu, spread, c1 + c2, first + later)
    _, score, information = score_and_information(mu, spread, c1, np.full(len(c1), first))
    return c1, c2, probability, score, information
