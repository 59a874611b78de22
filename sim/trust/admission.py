"""Admission (M7, M9, M14): who is admitted, who is ejected, who may try again, and who is turned away."""

import math
from typing import NamedTuple

import numpy as np

from sim.compiling import entry
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
    status, since, n = np.asarray(status), np.asarray(since, float), len(status)
    verdict = Verdict(np.array(status), np.array(since), *(np.zeros(n, bool) for _ in range(3)))
    _admit(
        status, since, np.asarray(confidence, float), np.asarray(fresh_bad, float), float(day),
        float(governance.strictness), float(governance.hysteresis), float(governance.immunity_days),
        _days(governance.sandbox_days), _days(governance.ban_days), *verdict,
    )  # fmt: skip
    return verdict


def _days(days: float | None) -> float:
    return math.inf if days is None else float(days)


@entry
def _admit(status, since, confidence, fresh_bad, day, θ, hysteresis, immunity, sandbox, ban, after, changed, admitted,
           ejected, expired):  # fmt: skip
    for m in range(len(status)):
        age = day - since[m]
        if status[m] == Status.SANDBOX:
            admitted[m] = confidence[m] >= θ
            expired[m] = not admitted[m] and age >= sandbox
            if admitted[m]:
                after[m] = Status.ADMITTED
            elif expired[m]:
                after[m] = Status.REJECTED
        elif status[m] == Status.ADMITTED:
            ejected[m] = confidence[m] < θ - hysteresis and fresh_bad[m] > 0 and age >= immunity
            if ejected[m]:
                after[m] = Status.EJECTED
        elif status[m] == Status.EJECTED and age >= ban:
            after[m] = Status.SANDBOX
        if after[m] != status[m]:
            changed[m] = day


def decide(confidence: float, governance) -> Status:
    """The standing with which a submission leaves the gauntlet, ``confidence`` its admission confidence in [0, 1].

    ADMITTED from θ = strictness, SANDBOX from sandbox_strictness, REJECTED below both.
    """
    if confidence >= governance.strictness:
        return Status.ADMITTED
    return Status.SANDBOX if confidence >= governance.sandbox_strictness else Status.REJECTED
