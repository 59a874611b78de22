"""The derail hazard of one model from success by turn.

A session meets one task, z ~ N(0, 1), shared by all sessions on that task. It starts sound; at each turn k > 1 a sound
session derails with hazard h_k = h·(context/window)^γ and stays so. A turn succeeds with p = sigmoid(mu + s z -
b·derailed). Where the log holds no context, the hazard is one constant, h_k = h (γ = 0). The derail time is summed out
forwards, the task by the trapezoid rule:

    sound_1 = e_1(0),  derailed_1 = 0
    sound_k = (1-h_k) sound_{k-1} e_k(0),  derailed_k = (derailed_{k-1} + h_k sound_{k-1}) e_k(b)
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
    "a sound session derails at each turn k > 1 with hazard {hazard} and stays so; "
    "success = sigmoid(mu + spread z - b·derailed)"
)
CONSTANT, BY_CONTEXT = "h (γ = 0: no context in the log)", "h·(context/window)^γ"
NAMES = ("mu", "spread", "derail_hazard", "derail_penalty", "gamma")
_H_MAX = 1 - 1e-9
_RESCALE = 16  # turns between two rescalings of the forward sum, before it can underflow
_FLOOR = 1e-300
_STARTS = tuple((h, b) for h in (0.03, 0.1, 0.3) for b in (0.7, 1.5, 3.0))  # (h, b)
_BOUNDS = ((-30.0, 30.0), (np.log(0.02), np.log(SPREAD_MAX)), (-12.0, 6.0), (np.log(0.02), np.log(20.0)), (-1.0, 6.0))


@dataclass(frozen=True)
class HazardFit:
    """``theta`` = (mu, s, h, b[, γ]) in (logit, logit, probability per turn, logit, 1) and its covariance.

    NaN where not identified; ``note`` says why. γ is there where the log holds ``fullness``.
    """

    theta: np.ndarray
    covariance: np.ndarray
    note: str | None = None


class Sessions:
    """One model's sessions, laid out for the likelihood: distinct result patterns, and how often each meets a task.

    ``log``: columns task, trial, turn, success and perhaps fullness = context/window.
    """

    def __init__(self, log: pd.DataFrame):
        log = log.sort_values(["task", "trial", "turn"])
        kept = [c for c in ("success", "fullness") if c in log]
        sessions = log.groupby(["task", "trial"], sort=False)[kept].agg(tuple).reset_index()
        self.pattern, patterns = pd.factorize(sessions[kept].apply(tuple, axis=1))
        tasks, _ = pd.factorize(sessions["task"])
        self.starts = np.flatnonzero(np.diff(tasks, prepend=-1))
        length = np.array([len(p[0]) for p in patterns])
        # 1 success, 0 failure, -1 the session has ended
        self.results = np.full((len(patterns), length.max()), -1, np.int8)
        self.fullness = np.ones(self.results.shape) if "fullness" in log else None
        for i, pattern in enumerate(patterns):
            self.results[i, : length[i]] = pattern[0]
            if self.fullness is not None:
                self.fullness[i, : length[i]] = pattern[1]
        self.most_turns = int(np.add.reduceat(length[self.pattern], self.starts).max())

    def _hazards(self, hazard, gamma):
        """h_k of each pattern and turn; shape (turns, patterns, 1)."""
        if self.fullness is None:
            return np.full((self.results.shape[1], 1, 1), hazard)
        return np.minimum(hazard * np.maximum(self.fullness, 1e-9) ** gamma, _H_MAX).T[:, :, None]

    def loglik(self, mu, spread, hazard, penalty, gamma=0.0) -> float:
        """log-likelihood of all tasks."""
        h = task_step(spread, self.most_turns)
        half = int(np.ceil(HALF_WINDOW / h))
        z = h * np.arange(-half, half + 1)
        u = mu + spread * z
        # e_k by result: failure, success, ended
        one = np.ones_like(u)
        if_sound = np.stack([expit(-u), expit(u), one])
        if_derailed = np.stack([expit(penalty - u), expit(u - penalty), one])
        by_turn = self._hazards(hazard, gamma)
        sound = if_sound[self.results[:, 0]]
        derailed, log_scale = np.zeros_like(sound), np.zeros_like(sound)
        for turn, result in enumerate(self.results.T[1:], start=1):
            derailed = (derailed + by_turn[turn] * sound) * if_derailed[result]
            sound = (1 - by_turn[turn]) * sound * if_sound[result]
            if turn % _RESCALE == 0:
                scale = sound + derailed + _FLOOR
                sound, derailed, log_scale = sound / scale, derailed / scale, log_scale + np.log(scale)
        by_pattern = log_scale + np.log(sound + derailed + _FLOOR)
        by_task = np.add.reduceat(by_pattern[self.pattern], self.starts, axis=0)
        return float(logsumexp(by_task - z**2 / 2 + np.log(h / np.sqrt(2 * np.pi)), axis=1).sum())


def fit_hazard(log: pd.DataFrame) -> HazardFit:
    """Maximum likelihood of (mu, s, h, b[, γ]) from one model's log (task, trial, turn, success[, fullness])."""
    sessions = Sessions(log)
    number = 4 if sessions.fullness is None else 5
    unknown = np.full((number, number), np.nan)
    rate = log["success"].mean()
    if rate in (0, 1):
        return HazardFit(unknown[0], unknown, f"every turn {'succeeded' if rate else 'failed'}")

    def natural(x):
        return np.array([x[0], np.exp(x[1]), expit(x[2]), np.exp(x[3]), *x[4:]])

    def loss(x):
        return -sessions.loglik(*natural(x))

    sound = minimize(lambda x: -sessions.loglik(x[0], np.exp(x[1]), 0.0, 0.0), [logit(rate), 0.7], bounds=_BOUNDS[:2])
    # A session without carryover is the mean of sound and derailed turns, so sound turns are a little better.
    starts = ([sound.x[0] + h * b, sound.x[1], logit(h), np.log(b), 0.5][:number] for h, b in _STARTS)
    found = minimize(loss, min(starts, key=loss), method="L-BFGS-B", bounds=_BOUNDS[:number])
    theta = natural(found.x)
    if sound.fun <= found.fun + 1e-3:
        theta = np.array([sound.x[0], np.exp(sound.x[1]), 0.0, np.nan, np.nan][:number])
        return HazardFit(theta, unknown, "no derailing seen: h at its lower bound 0, b not identified")
    covariance = _covariance(sessions, theta)
    note = None if np.isfinite(covariance).all() else "a maximum on the edge or too flat: no standard errors"
    return HazardFit(theta, covariance, note)


def _covariance(sessions, theta):
    """Inverse of the observed information in ``theta``, by central differences; NaN where it has none."""
    steps = np.array([0.02, 0.02 * theta[1], 0.05 * min(theta[2], 1 - theta[2]), 0.02 * theta[3], 0.02][: len(theta)])
    shifts = np.diag(steps)

    def value(shift):
        return sessions.loglik(*(theta + shift))

    information = np.empty((len(theta), len(theta)))
    for i, a in enumerate(shifts):
        for j, b in enumerate(shifts[: i + 1]):
            corners = value(a + b) - value(a - b) - value(b - a) + value(-a - b)
            information[i, j] = information[j, i] = -corners / (4 * steps[i] * steps[j])
    if not np.isfinite(information).all() or np.linalg.eigvalsh(information)[0] <= 1e-6:
        return np.full(information.shape, np.nan)
    return np.linalg.inv(information)
