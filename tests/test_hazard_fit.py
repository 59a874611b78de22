"""The derail hazard recovers what was planted, by turn and by context."""

import numpy as np
import pandas as pd
from scipy.special import expit

from analysis.calibration.hazard import fit_hazard

SIGMAS = 4  # a planted number lies within 4 of its own standard errors

def sessions(rng, tasks, trials, turns, mu, spread, hazard, penalty):
    """The generating process of the derail hazard, as a log."""
    derailed = rng.geometric(hazard, size=(tasks, trials, 1)) <= np.arange(turns) if hazard else 0
    ok = rng.random((tasks, trials, turns)) < expit(mu + spread * rng.normal(size=(tasks, 1, 1)) - penalty * derailed)
    task, trial, turn = (i.ravel() for i in np.indices(ok.shape))
    return pd.DataFrame({"task": task, "trial": trial, "turn": turn + 1, "success": ok.ravel().astype(int)})


def test_planted_hazard_is_recovered():
    planted = np.array([1.0, 2.0, 0.15, 2.5])
    found = fit_hazard(sessions(np.random.default_rng(5), 300, 2, 6, *planted))
    errors = np.sqrt(np.diag(found.covariance))
    assert np.all(np.abs(found.theta - planted) < SIGMAS * errors)
    assert errors[2] < 0.05


def test_planted_context_exponent_is_recovered():
    """h·(context/window)^γ, with contexts that grow by a random amount each turn."""
    rng = np.random.default_rng(10)
    tasks, trials, turns = 400, 3, 6
    planted = np.array([1.0, 2.0, 0.5, 3.0, 1.5])
    mu, spread, hazard, penalty, gamma = planted
    fullness = np.minimum(rng.gamma(1.0, 0.2, size=(tasks, trials, turns)).cumsum(axis=2), 1)
    now = rng.random(fullness.shape) < hazard * fullness**gamma
    now[:, :, 0] = False
    derailed = np.maximum.accumulate(now, axis=2)
    p = expit(mu + spread * rng.normal(size=(tasks, 1, 1)) - penalty * derailed)
    task, trial, turn = (i.ravel() for i in np.indices(p.shape))
    ok = (rng.random(p.shape) < p).astype(int)
    columns = {"task": task, "trial": trial, "turn": turn + 1, "success": ok.ravel(), "fullness": fullness.ravel()}
    found = fit_hazard(pd.DataFrame(columns))
    assert np.all(np.abs(found.theta - planted) < SIGMAS * np.sqrt(np.diag(found.covariance)))
    assert found.covariance[4, 4] < 1


def test_no_derailing_leaves_no_significant_hazard():
    found = fit_hazard(sessions(np.random.default_rng(6), 200, 2, 5, 0.5, 1.5, 0.0, 0.0))
    mean_cost = found.theta[2] * np.nan_to_num(found.theta[3])  # lost logit per turn
    assert mean_cost < 0.05 or found.theta[2] < SIGMAS * np.sqrt(found.covariance[2, 2])
