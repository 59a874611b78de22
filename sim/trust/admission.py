"""Admission (M7, M9, M14): who is admitted, who is ejected, who may try again, and who is turned away."""

from typing import NamedTuple

import numpy as np

from sim.status import Status


class Verdict(NamedTuple):
    """What a tick decides about M models: their standing, and what changed in it. Arrays are (M,) and new."""

    status: np.ndarray  # of `Status`
    since: np.ndarray  # day of the last change of status
    admitted: np.ndarray  # bool: sandbox → admitted
    ejected: np.ndarray  # bool: admitted → ejected
    expired: np.ndarray  # bool: sandbox → rejected


def admit(status, since, confidence, fresh_bad, governance, day: float) -> Verdict:
    """The standing of every model after the tick at ``day``.

    ``status`` (M,) of `Status` before the tick; ``since`` (M,) day of its last change; ``confidence`` (M,) admission
    confidence in [0, 1]; ``fresh_bad`` (M,) bad evidence of the window that ends; ``governance`` with θ = strictness
    and its hysteresis h. With age = day - since, each model takes at most one of these steps:

        SANDBOX  → ADMITTED  where confidence >= θ
        SANDBOX  → REJECTED  else where age >= sandbox_days (null: never): it has expired
        ADMITTED → EJECTED   where confidence < θ - h, there is fresh bad evidence and age >= immunity_days
        EJECTED  → SANDBOX   where age >= ban_days (null: never; 0: at the next tick)

    Quiet models lose confidence by decay alone, which says nothing against them: hence the need for fresh bad
    evidence. Immunity gives a new model time to mature. Where nobody can resubmit, only a ban that ends can show that
    an ejected model has become better. House models are never judged, retired and rejected ones never again.
    """
    status, since = np.asarray(status), np.asarray(since, float)
    θ, age = governance.strictness, day - since
    sandbox = status == Status.SANDBOX
    admitted = sandbox & (confidence >= θ)
    expired = sandbox & ~admitted & _over(age, governance.sandbox_days)
    fallen = (confidence < θ - governance.hysteresis) & (np.asarray(fresh_bad) > 0)
    ejected = (status == Status.ADMITTED) & fallen & (age >= governance.immunity_days)
    returned = (status == Status.EJECTED) & _over(age, governance.ban_days)
    after = status.copy()
    for changed, to in (
        (admitted, Status.ADMITTED), (expired, Status.REJECTED), (ejected, Status.EJECTED), (returned, Status.SANDBOX)
    ):  # fmt: skip
        after[changed] = to
    return Verdict(after, np.where(after != status, day, since), admitted, ejected, expired)


def decide(confidence: float, governance) -> Status:
    """The standing with which a submission leaves the gauntlet, ``confidence`` its admission confidence in [0, 1].

    ADMITTED from θ = strictness, SANDBOX from sandbox_strictness, REJECTED below both.
    """
    if confidence >= governance.strictness:
        return Status.ADMITTED
    return Status.SANDBOX if confidence >= governance.sandbox_strictness else Status.REJECTED


def _over(age, days: float | None):
    return np.zeros(len(age), bool) if days is None else age >= days
