"""What repeated trials say about each model: ability, spread, pass^k, and what models share.

A model's success rate on a task is p = sigmoid(mu + spread z), z ~ N(0, 1); ability = E[p]; pass^k = E[p^k] is the
chance that k trials of one task all succeed.
"""

import numpy as np
import pandas as pd

from analysis.calibration import hazard as hazards
from analysis.calibration.maximum_likelihood import Fit, fit
from analysis.calibration.quadrature import ability, pass_k, pass_k_gradient
from analysis.calibration.sharing import fit_sharing
from analysis.calibration.trials import Trials
from analysis.errors import InputError


def pass_k_per_task(successes, trials, k_max: int) -> np.ndarray:
    """Unbiased estimates of p^k, C(c,k)/C(n,k), for k = 1..k_max <= min(trials); shape (tasks, k_max)."""
    i = np.arange(k_max)
    c, n = np.asarray(successes, float)[:, None], np.asarray(trials, float)[:, None]
    return np.cumprod(np.maximum(c - i, 0) / (n - i), axis=1)


def pass_k_observed(successes, trials) -> np.ndarray:
    """Mean over tasks of C(c,k)/C(n,k) for k = 1..min(trials)."""
    return pass_k_per_task(successes, trials, int(np.min(trials))).mean(axis=0)


def fit_reliability(trials: Trials) -> dict:
    """Fit every model, then the shares of difficulty they have in common (κ, and ξ where lineages are given).

    Where success by turn is given, each model's mu and spread are fitted together with its derail hazard. Returns plain
    JSON types: ``kappa``, ``kappa_se``, ``xi``, ``xi_se``, ``shared_tasks``, ``source``, ``models`` and, by turn,
    ``hazard``. Numbers that the data do not identify are None, and the model's ``note`` says why. Raises ``InputError``
    where no model tried a task twice.
    """
    if not trials.turns and trials.counts["n"].max() < 2:
        raise InputError(f"{trials.source}: found one trial per task; allowed are tasks tried at least twice")
    keys = _keys(trials.counts)
    models, mu_and_spread, hazard = {}, {}, {}
    for model, rows in trials.counts.groupby("model", sort=False):
        c, n = rows["c"].to_numpy(), rows["n"].to_numpy()
        if trials.turns:
            result = hazards.fit_hazard(trials.log[trials.log["model"] == model])
            fitted = Fit(*result.theta[:2], result.covariance[:2, :2], np.nan, result.note)
            hazard[keys[model]] = _hazard_entry(result)
        else:
            fitted = fit(c, n)
        mu_and_spread[model] = (fitted.mu, fitted.spread)
        models[keys[model]] = _entry(fitted, c, n)
    shares = fit_sharing(trials.counts, mu_and_spread, lineages="lineage" in trials.counts)
    result = {"source": trials.source, **shares, "models": models}
    if trials.turns:
        form = hazards.BY_CONTEXT if "fullness" in trials.log else hazards.CONSTANT
        result["hazard"] = {"equation": hazards.EQUATION.format(hazard=form), "models": hazard}
    return _plain(result)


def _keys(counts: pd.DataFrame) -> dict[str, str]:
    """Full name -> the plain name where it is unique, else domain/model."""
    names = counts[["model", "name"]].drop_duplicates()
    clear = ~names["name"].duplicated(keep=False) & ~names["name"].isin(names["model"][names["model"] != names["name"]])
    return dict(zip(names["model"], names["name"].where(clear, names["model"]), strict=True))


def _entry(fitted: Fit, c, n) -> dict:
    observed = pass_k_observed(c, n)
    mu_se, spread_se = np.sqrt(np.diag(fitted.covariance))
    entry = {
        "mu": fitted.mu,
        "spread": fitted.spread,
        "mu_se": mu_se,
        "spread_se": spread_se,
        "tasks": len(n),
        "trials": int(n.sum()),
        "pass_k_observed": observed.tolist(),
    }
    if np.isfinite(fitted.mu):
        slope = pass_k_gradient(fitted.mu, fitted.spread, [1])[0]
        # At spread 0 ability depends on mu alone.
        variance = slope[0] ** 2 * mu_se**2 if fitted.spread == 0 else slope @ fitted.covariance @ slope
        entry |= {
            "pass_k_predicted": pass_k(fitted.mu, fitted.spread, np.arange(1, len(observed) + 1)).tolist(),
            "ability": float(ability(fitted.mu, fitted.spread)),
            "ability_se": float(np.sqrt(variance)),
        }
    else:
        # All results alike, or every task tried once: the data themselves are the prediction.
        entry |= {"pass_k_predicted": observed.tolist(), "ability": observed[0], "ability_se": None}
    return entry | {"note": fitted.note}


def _hazard_entry(result: hazards.HazardFit) -> dict:
    """h, b and, by context, γ, each with its standard error."""
    entry = {}
    for name, value, variance in list(zip(hazards.NAMES, result.theta, np.diag(result.covariance), strict=False))[2:]:
        entry |= {name: value, f"{name}_se": np.sqrt(variance)}
    return entry


def _plain(value):
    """JSON types only: numpy numbers as Python's, NaN and infinity as None."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value
