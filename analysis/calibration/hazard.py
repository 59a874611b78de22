"""The derail hazard of one model from success by turn.

A session meets one task, z ~ N(0, 1), shared by all sessions on that task. It starts sound; at each turn k > 1 a sound
session derails with hazard h and stays so. A turn succeeds with p = sigmoid(mu + s z - b·derailed). A log of turns
holds no context lengths, so the hazard is constant: h·(context/window)^γ at γ = 0. The derail time is summed out
forwards, the task by the trapezoid rule:

    sound_1 = e_1(0),  derailed_1 = 0
    sound_k = (1-h) sound_{k-1} e_k(0),  derailed_k = (derailed_{k-1} + h sound_{k-1}) e_k(b)
    L_task = ∫ φ(z) Π_sessions (sound_T + derailed_T) dz

with e_k(b) the probability of turn k's result. Sessions may end early, as long as that depends only on results seen.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit, logit, logsumexp

from analysis.calibration.maximum_likelihood import SPREAD_MAX
from analysis.calibration.quadrature import HALF_WINDOW, task_step

EQUATION = (
    "a sound session derails at each turn k > 1 with hazard h (h·(context/window)^γ at γ = 0, as the log holds no "
    "context lengths) and stays so; success = sigmoid(mu + spread z - b·derailed)"
)
_RESCALE = 16  # turns between two rescalings of the forward sum, before it can underflow
_FLOOR = 1e-300
_STARTS = tuple((h, b) for h in (0.03, 0.1, 0.3) for b in (0.7, 1.5, 3.0))  # (h, b)
_BOUNDS = ((-30.0, 30.0), (np.log(0.02), np.log(SPREAD_MAX)), (-12.0, 6.0), (np.log(0.02), np.log(20.0)))


@dataclass(frozen=True)
class HazardFit:
    """``theta`` = (mu, s, h, b) in (logit, logit, probability per turn, logit) and its covariance (4, 4).

    NaN where not identified; ``note`` says why.
    """

    theta: np.ndarray
    covariance: np.ndarray
    note: str | None = None


class Sessions:
    """One model's sessions, laid out for the likelihood: distinct result patterns, and how often each meets a task.

    ``log``: columns task, trial, turn, success.
    """

    def __init__(self, log: pd.DataFrame):
        log = log.sort_values(["task", "trial", "turn"])
        sessions = log.groupby(["task", "trial"], sort=False)["success"].agg(tuple).reset_index()
        codes, patterns = pd.factorize(sessions["success"])
        tasks, _ = pd.factorize(sessions["task"])
        self.starts = np.flatnonzero(np.diff(tasks, prepend=-1))
        self.pattern = codes
        self.length = np.array([len(p) for p in patterns])
        # 1 success, 0 failure, -1 the session has ended
        self.results = np.full((len(patterns), self.length.max()), -1, np.int8)
        for i, pattern in enumerate(patterns):
            self.results[i, : len(pattern)] = pattern
        self.most_turns = int(np.add.reduceat(self.length[codes], self.starts).max())

    def loglik(self, mu, spread, hazard, penalty) -> float:
        """log-likelihood of all tasks."""
        h = task_step(spread, self.most_turns)
        half = int(np.ceil(HALF_WINDOW / h))
        z = h * np.arange(-half, half + 1)
        u = mu + spread * z
        # e_k by result: failure, success, ended
        one = np.ones_like(u)
        if_sound = np.stack([expit(-u), expit(u), one])
        if_derailed = np.stack([expit(penalty - u), expit(u - penalty), one])
        sound = if_sound[self.results[:, 0]]
        derailed, log_scale = np.zeros_like(sound), np.zeros_like(sound)
        for turn, result in enumerate(self.results.T[1:], start=1):
            derailed = (derailed + hazard * sound) * if_derailed[result]
            sound = (1 - hazard) * sound * if_sound[result]
            if turn % _RESCALE == 0:
                scale = sound + derailed + _FLOOR
                sound, derailed, log_scale = sound / scale, derailed / scale, log_scale + np.log(scale)
        by_pattern = log_scale + np.log(sound + derailed + _FLOOR)
        by_task = np.add.reduceat(by_pattern[self.pattern], self.starts, axis=0)
        return float(logsumexp(by_task - z**2 / 2 + np.log(h / np.sqrt(2 * np.pi)), axis=1).sum())


def fit_hazard(log: pd.DataFrame) -> HazardFit:
    """Maximum likelihood of (mu, s, h, b) from one model's log (task, trial, turn, success)."""
    sessions = Sessions(log)
    unknown = np.full((4, 4), np.nan)
    rate = log["success"].mean()
    if rate in (0, 1):
        return HazardFit(np.full(4, np.nan), unknown, f"every turn {'succeeded' if rate else 'failed'}")

    def loss(x):
        return -sessions.loglik(x[0], np.exp(x[1]), expit(x[2]), np.exp(x[3]))

    sound = minimize(lambda x: -sessions.loglik(x[0], np.exp(x[1]), 0.0, 0.0), [logit(rate), 0.7], bounds=_BOUNDS[:2])
    # A session without carryover is the mean of sound and derailed turns, so sound turns are a little better.
    start = min(([sound.x[0] + h * b, sound.x[1], logit(h), np.log(b)] for h, b in _STARTS), key=loss)
    found = minimize(loss, start, method="L-BFGS-B", bounds=_BOUNDS)
    theta = np.array([found.x[0], np.exp(found.x[1]), expit(found.x[2]), np.exp(found.x[3])])
    if sound.fun <= found.fun + 1e-3:
        theta = np.array([sound.x[0], np.exp(sound.x[1]), 0.0, np.nan])
        return HazardFit(theta, unknown, "no derailing seen: h at its lower bound 0, b not identified")
    covariance = _covariance(sessions, theta)
    note = None if np.isfinite(covariance).all() else "a maximum on the edge or too flat: no standard errors"
    return HazardFit(theta, covariance, note)


def _covariance(sessions, theta):
    """Inverse of the observed information in (mu, s, h, b), by central differences; NaN where it has none."""
    steps = np.array([0.02, 0.02 * theta[1], 0.05 * min(theta[2], 1 - theta[2]), 0.02 * theta[3]])
    shifts = np.diag(steps)

    def value(shift):
        return sessions.loglik(*(theta + shift))

    information = np.empty((4, 4))
    for i in range(4):
        for j in range(i + 1):
            a, b = shifts[i], shifts[j]
            corners = value(a + b) - value(a - b) - value(b - a) + value(-a - b)
            information[i, j] = information[j, i] = -corners / (4 * steps[i] * steps[j])
    if not np.isfinite(information).all() or np.linalg.eigvalsh(information)[0] <= 1e-6:
        return np.full((4, 4), np.nan)
    return np.linalg.inv(information)
