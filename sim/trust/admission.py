"""Admission (M7): who is admitted, who is ejected, and who may try again."""

import numpy as np

from sim.status import Status


def admit(status, confidence, fresh_bad, governance):
    """The status of every model after a tick: (M,) of `Status`, a new array.

    ``status`` (M,) before the tick; ``confidence`` (M,) admission confidence in [0, 1]; ``fresh_bad`` (M,) bad evidence
    of the window that ends; ``governance`` with θ = strictness and its hysteresis h.

        SANDBOX  → ADMITTED  where confidence >= θ
        ADMITTED → EJECTED   where confidence < θ - h and there is fresh bad evidence
        EJECTED  → SANDBOX   at the next tick

    Quiet models lose confidence by decay alone, which says nothing against them: hence the need for fresh bad
    evidence. An ejected model loses all traffic for one window and then tries again in the sandbox, since nothing else
    could ever show that it has become better. House models are never judged.
    """
    status, θ = np.asarray(status), governance.strictness
    after = status.copy()
    after[status == Status.EJECTED] = Status.SANDBOX
    after[(status == Status.SANDBOX) & (confidence >= θ)] = Status.ADMITTED
    fallen = (confidence < θ - governance.hysteresis) & (np.asarray(fresh_bad) > 0)
    after[(status == Status.ADMITTED) & fallen] = Status.EJECTED
    return after
