"""Every count of audits, of clusters and of who rescued whom, told again from the attempt log of a whole run.

Both data planes share the laws that count, so that they would agree on a wrong count.
"""

from functools import cache
from itertools import groupby

import numpy as np
import pytest

from sim.records import SESSION, TURN, C, Outcome
from tests.verification.network import carry, models, settings

PRICES = np.array([1, 10, 100, 1_000, 10_000])  # a sum of few tells who was paid
WEIGHTS = ((5, 4, 3, 2, 1), (0, 3, 1, 0, 2), (1, 0, 2, 4, 0), (2, 2, 2, 2, 2))  # from each tick on
SESSIONS, TICK_S, AUDIT = 500, 50.0, 0.5
AUDITED = [c for c in C if c.name.startswith(("AUDITED", "CLUSTER"))]
RESCUES = [C.FIRST_GOOD, C.SELF_RESCUED, C.OTHER_RESCUED, C.RETRIES, C.RETRY_COST]
CASES = [(sticky, target) for sticky in (False, True) for target in ("same", "fresh", "fallback")]


def demand():
    """Sessions of 1 to 6 turns that arrive before the last tick and go on, at the latest, soon after it."""
    rng = np.random.default_rng(5)
    sessions = np.zeros(SESSIONS, SESSION)
    sessions["at"] = np.sort(rng.integers(0, 190 * 1024, SESSIONS)) / 1024
    sessions["audit"], sessions["user"] = rng.random(SESSIONS), rng.integers(0, 50, SESSIONS)
    sessions["turns"] = rng.integers(1, 7, SESSIONS)
    sessions["first_turn"] = np.cumsum(sessions["turns"]) - sessions["turns"]
    turns = np.zeros(sessions["turns"].sum(), TURN)
    turns["think"] = rng.integers(0, 20 * 1024, len(turns)) / 1024
    return sessions, turns


@cache
def run(sticky, target):
    """The log and the counters of a run with every kind of failure."""
    c = settings(
        1.0, evidence__audit=AUDIT, response__detect=0.6, response__leave=0.2, router__sticky=sticky,
        retry__target=target, retry__retries=3, retry__kinds=["bad", "timeout", "rejected"], retry__backoff="constant",
        retry__base_s=0.5, service__queue_limit=3, service__patience="fixed", service__patience_s=3.0,
    )  # fmt: skip
    served = models(5, slots=4, ability=[0.6, 0.4, 0.7, 0.5, 0.3], spread=2.0, price=PRICES)

    def at_tick(traffic, tick):
        if tick < len(WEIGHTS):
            traffic.publish(served, np.array(WEIGHTS[tick], float))

    until = TICK_S * len(WEIGHTS)
    return carry(c, served, until, ticks=len(WEIGHTS), drain_s=2000.0, chunks=iter([demand()]), at_tick=at_tick)


def told(log):
    """The same counts from the log alone: (models, columns)."""
    counts = np.zeros((len(PRICES), len(C)), np.int64)
    audit = demand()[0]["audit"]
    log = log[np.lexsort((log["attempt"], log["turn"], log["session"]))]
    for session, attempts in groupby(log, key=lambda row: row["session"]):
        attempts, audited = list(attempts), audit[session] < AUDIT
        for _, turn in groupby(attempts, key=lambda row: row["turn"]):
            for column, model, amount in counted([(a["model"], a["outcome"] == Outcome.GOOD) for a in turn]):
                if audited or column in RESCUES:
                    counts[model, column] += amount
        for model, visit in groupby(attempts, key=lambda row: row["model"]):
            firsts = [a["outcome"] == Outcome.GOOD for a in visit if a["attempt"] == 1]
            n, g = len(firsts), sum(firsts)
            if audited:
                counts[model, C.CLUSTER_N : C.CLUSTER_NN + 1] += np.array([n, g, g * g, g * n, n * n])
    return counts


def counted(turn):
    """(column, model, amount) of what one turn counts; ``turn`` is (model, good) of each attempt."""
    first, at_once = turn[0]
    last, in_the_end = turn[-1]
    if at_once:
        yield from ((C.FIRST_GOOD, first, 1), (C.AUDITED_GOOD, first, 1))
    elif in_the_end and last == first:
        yield from ((C.SELF_RESCUED, first, 1), (C.AUDITED_SELF_RESCUED, first, 1))
    elif in_the_end:
        yield from ((C.OTHER_RESCUED, first, 1), (C.AUDITED_OTHER_RESCUED, first, 1))
    else:
        yield C.AUDITED_LOST, first, 1
    for model, good in turn[1:]:
        yield from ((C.RETRIES, first, 1), (C.RETRY_COST, first, PRICES[model]))
        if model != first:
            yield C.AUDITED_RESCUE_GOOD if good else C.AUDITED_RESCUE_BAD, model, 1


@pytest.mark.parametrize(("sticky", "target"), CASES)
def test_counters_agree_with_the_log(sticky, target):
    done = run(sticky, target)
    assert done.windows[-1].in_flight == 0 and set(done.log["outcome"]) == set(Outcome)
    found, expected = done.models, told(done.log)
    for column in RESCUES + AUDITED:
        assert found[:, column].tolist() == expected[:, column].tolist(), column.name


@pytest.mark.parametrize(("sticky", "target"), CASES)
def test_every_count_is_put_to_the_test(sticky, target):
    """Nothing above holds because nothing happened; where the target rules a rescue out, there is none."""
    found = run(sticky, target).models.sum(axis=0)
    never = {"same": "OTHER_RESCUED AUDITED_OTHER_RESCUED AUDITED_RESCUE_GOOD AUDITED_RESCUE_BAD",
             "fallback": "SELF_RESCUED AUDITED_SELF_RESCUED", "fresh": ""}[target].split()  # fmt: skip
    for column in RESCUES + AUDITED:
        assert (found[column] == 0) == (column.name in never), column.name


@pytest.mark.parametrize(("sticky", "target"), CASES)
def test_audited_turns_add_up(sticky, target):
    """Each audited turn has one first attempt, in one cluster, and one end."""
    done = run(sticky, target)
    firsts = done.log[done.log["attempt"] == 1]
    audited = (demand()[0]["audit"][firsts["session"]] < AUDIT).sum()
    ends = done.models[:, C.AUDITED_GOOD : C.AUDITED_LOST + 1].sum()
    assert 0 < audited < len(firsts)
    assert ends == done.models[:, C.CLUSTER_N].sum() == audited
    assert done.models[:, C.CLUSTER_G].tolist() == done.models[:, C.AUDITED_GOOD].tolist()
