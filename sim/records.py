"""What crosses between the planes, and the names of its columns.

Down at a tick: ``Models`` (what serves) and weights (who gets traffic). Up at a tick: ``Counters``.
Everything is a flat array, so that the compiled and the reference plane hold literally the same data.
"""

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

# Prompt classes, in the order of every class-indexed array.
CLASSES = ("plain", "edge", "adversarial")
PLAIN, EDGE, ADVERSARIAL = range(3)

# One session of demand. Its turns are rows first_turn .. first_turn + turns of the chunk's turn table.
SESSION = np.dtype(
    [
        ("at", "f8"),  # s since the start of the run, on the time grid
        ("difficulty", "f8"),  # z_r, standard normal
        ("audit", "f8"),  # uniform (0, 1); audited where below the audited share
        ("user", "i8"),
        ("domain", "i4"),
        ("klass", "i4"),
        ("turns", "i4"),  # at least 1
        ("first_turn", "i4"),
    ]
)
# One turn of demand. Turn k > 1 starts at max(end of turn k-1 + think, not_before).
TURN = np.dtype(
    [
        ("think", "f8"),  # s, on the time grid
        ("not_before", "f8"),  # s since the start of the run; 0 where the user waits for the answer
        ("context", "f4"),  # tokens in the context when the turn is asked
        ("output", "f4"),  # tokens of a full answer
    ]
)

# What the data plane knows of a model, published at a tick. Models are only ever appended.
MODEL = np.dtype(
    [
        ("uid", "i8"),  # key of its random draws: developer and version, never creation order
        ("lineage", "i8"),  # key of the draws that its lineage shares
        ("domain", "i8"),
        ("slots", "i8"),
        ("ttft", "f8"),  # s to the first token
        ("speed", "f8"),  # tokens/s
        ("window", "f8"),  # tokens of context it holds
        ("hazard", "f8"),  # h: derail probability of a turn whose context fills the window
        ("drift", "f8"),  # probability that a good answer is drifted
        ("brilliance", "f8"),  # v: sd of the log value of a good answer
        ("price", "i8"),  # micro-credits of one attempt
        ("spread", "f8", (3,)),  # s by class
        ("mu", "f8", (6,)),  # logit of the median task by 2*class + derailed
    ]
)

# One row of the attempt log.
ATTEMPT = np.dtype(
    [
        ("session", "i8"),
        ("turn", "i4"),  # 1, 2, ...
        ("attempt", "i4"),  # 1, 2, ...
        ("model", "i4"),
        ("domain", "i4"),
        ("klass", "i4"),
        ("outcome", "i4"),  # an Outcome
        ("derailed", "i4"),
        ("drifted", "i4"),
        ("started", "f8"),  # s: when it reached the model
        ("waited", "f8"),  # s in the queue before service, or before it was given up
        ("ended", "f8"),  # s: when the user had its outcome
    ]
)


class Outcome(IntEnum):
    """How an attempt ended, as the network sees it afterwards."""

    GOOD = 0
    BAD = 1  # bad and noticed
    UNNOTICED = 2  # bad, and it reached the user
    TIMEOUT = 3
    REJECTED = 4


class C(IntEnum):
    """Columns of the counters, one row a model. Counts of events in one window between ticks."""

    TURNS_PLAIN = 0  # turns whose first attempt went to the model, by class
    TURNS_EDGE = 1
    TURNS_ADVERSARIAL = 2
    OK_PLAIN = 3  # turns that the model answered well, at whatever attempt, by class
    OK_EDGE = 4
    OK_ADVERSARIAL = 5
    UNNOTICED = 6  # turns that ended in a bad answer of the model that nobody noticed
    FAILED = 7  # turns first sent to the model that ended without an answer
    ATTEMPTS = 8
    GOOD = 9  # attempts by outcome
    BAD = 10  # bad, noticed or not
    TIMEOUTS = 11
    REJECTED = 12
    DRIFTED = 13  # good answers that were drifted
    DERAILED = 14  # attempts in a derailed session
    FIRST_GOOD = 15  # turns whose first attempt, on the model, was good
    SELF_RESCUED = 16  # turns first sent to the model that it answered well itself at a later attempt
    OTHER_RESCUED = 17  # turns first sent to the model that another model answered well
    RETRIES = 18  # attempts after the first, of turns first sent to the model
    RETRY_COST = 19  # micro-credits of these, at the price of who served them
    VALUE = 20  # micro-units of value of the good answers it gave
    BUSY = 21  # slot time used, in units of the time grid
    WASTED = 22  # slot time that served nobody, in units of the time grid
    EJECTIONS = 23  # by the health rule
    # The audited sessions alone; audits see the truth.
    AUDITED_GOOD = 24  # turns: first attempt good
    AUDITED_SELF_RESCUED = 25  # turns: first attempt failed, rescued by a later attempt on the same model
    AUDITED_OTHER_RESCUED = 26  # turns: first attempt failed, rescued by another model
    AUDITED_LOST = 27  # turns: given up, or answered badly in the end
    AUDITED_RESCUE_GOOD = 28  # attempts as rescuer of another model's turn: good
    AUDITED_RESCUE_BAD = 29  # ... and not good
    # Clusters: the audited turns of one session on one model; n first attempts, g of them good.
    CLUSTER_N = 30
    CLUSTER_G = 31
    CLUSTER_GG = 32  # sum of g*g
    CLUSTER_GN = 33  # sum of g*n
    CLUSTER_NN = 34  # sum of n*n


class N(IntEnum):
    """Counts of the whole network in one window."""

    SESSIONS = 0  # sessions that arrived and were not thinned
    AWAY = 1  # sessions thinned, because their user had left
    TURNS = 2
    OK = 3
    FAILED = 4
    UNNOTICED = 5
    ATTEMPTS = 6
    BUDGET_DENIED = 7  # retries wanted and not allowed by the retry budget
    SESSIONS_ENDED = 8
    DEPARTURES = 9  # users who left after too many failures in a row
    PANIC = 10  # picks made while the panic threshold ignored health
    HOUSE = 11  # turns first sent to a house model
    CROSSED = 12  # sessions whose damage followed them to another model


LATENCY_BINS = 1024
"""Bins of turn latency: 16 to a power of two, from 2**-32 s to 2**32 s (see ``latency_bin``)."""


@dataclass(frozen=True)
class Counters:
    """What one window between two ticks brought, and what is in the network at its end."""

    models: np.ndarray  # int64 (M, len(C))
    network: np.ndarray  # int64 (len(N),)
    latency: np.ndarray  # int64 (LATENCY_BINS,): turns that ended with an answer, by latency
    queued: np.ndarray  # int64 (M,): waiting now
    busy: np.ndarray  # int64 (M,): slots in use now
    healthy: np.ndarray  # bool (M,): not ejected by the health rule now
    in_flight: int  # turns begun and not ended now

    def padded(self, models: int) -> "Counters":
        """The same for the first M and nothing for more, up to ``models``: who came during the window."""
        more = models - len(self.models)
        if more == 0:
            return self

        def longer(array, filler):
            return np.concatenate([array, np.full((more, *array.shape[1:]), filler, array.dtype)])

        filled = {name: longer(getattr(self, name), 0) for name in ("models", "queued", "busy")}
        return replace(self, healthy=longer(self.healthy, True), **filled)


def latency_edges() -> np.ndarray:
    """Lower edges of the latency bins, in s, and the last upper edge: shape (LATENCY_BINS + 1,)."""
    index = np.arange(LATENCY_BINS + 1)
    return np.ldexp(1.0 + (index % 16) / 16.0, index // 16 - 32)
