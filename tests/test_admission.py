"""M7, M9, M14: what a model's standing may become at a tick, and with what a submission leaves the gauntlet."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.config import Governance
from sim.status import Status
from sim.trust.admission import admit, decide


def governance(**changes):
    """The governance of a market that nobody develops: no immunity, an endless sandbox, a ban of one window."""
    base = dict(strictness=0.5, hysteresis=0.1, immunity_days=0.0, sandbox_strictness=0.3, sandbox_days=None,
                ban_days=0.0, inheritance=0.0, amnesty=0, grant=0.0, barred=[], barred_stars=0,
                schedules=[], controllers=[])  # fmt: skip
    return Governance(**base | changes)


def after(before, confidence, fresh_bad=0.0, age=1.0, **changes):
    """The status of one model after a tick at day 10."""
    one = admit([before], [10.0 - age], np.array([confidence]), [fresh_bad], governance(**changes), 10.0)
    return one.status[0]


@pytest.mark.parametrize(
    ("before", "confidence", "fresh_bad", "expected"),
    [
        (Status.HOUSE, 0.0, 5.0, Status.HOUSE),
        (Status.SANDBOX, 0.49, 0.0, Status.SANDBOX),
        (Status.SANDBOX, 0.5, 9.0, Status.ADMITTED),
        (Status.ADMITTED, 0.41, 9.0, Status.ADMITTED),  # within the hysteresis
        (Status.ADMITTED, 0.39, 0.0, Status.ADMITTED),  # quiet: decay alone ejects nobody
        (Status.ADMITTED, 0.39, 0.5, Status.EJECTED),
        (Status.EJECTED, 0.99, 0.0, Status.SANDBOX),  # one window without traffic, then it may try again
        (Status.IN_GAUNTLET, 0.99, 0.0, Status.IN_GAUNTLET),
        (Status.RETIRED, 0.99, 0.0, Status.RETIRED),
        (Status.REJECTED, 0.99, 0.0, Status.REJECTED),
    ],
)
def test_steps_of_a_market_that_nobody_develops(before, confidence, fresh_bad, expected):
    assert after(before, confidence, fresh_bad) == expected


@pytest.mark.parametrize(("age", "expected"), [(6.5, Status.ADMITTED), (7.0, Status.EJECTED), (9.0, Status.EJECTED)])
def test_immunity_protects_the_newly_admitted(age, expected):
    assert after(Status.ADMITTED, 0.0, 5.0, age, immunity_days=7.0) == expected


@pytest.mark.parametrize(("age", "expected"), [(6.5, Status.SANDBOX), (7.0, Status.REJECTED), (9.0, Status.REJECTED)])
def test_the_sandbox_expires(age, expected):
    assert after(Status.SANDBOX, 0.49, 0.0, age, sandbox_days=7.0) == expected
    assert after(Status.SANDBOX, 0.5, 0.0, age, sandbox_days=7.0) == Status.ADMITTED  # in time, on the last day too
    assert after(Status.SANDBOX, 0.49, 0.0, age) == Status.SANDBOX


@pytest.mark.parametrize(("age", "expected"), [(6.5, Status.EJECTED), (7.0, Status.SANDBOX), (9.0, Status.SANDBOX)])
def test_a_ban_ends(age, expected):
    assert after(Status.EJECTED, 0.0, 0.0, age, ban_days=7.0) == expected
    assert after(Status.EJECTED, 0.99, 0.0, age, ban_days=None) == Status.EJECTED


@pytest.mark.parametrize(
    ("confidence", "expected"),
    [(0.5, Status.ADMITTED), (0.49, Status.SANDBOX), (0.3, Status.SANDBOX), (0.29, Status.REJECTED)],
)
def test_a_submission_is_decided_by_two_bars(confidence, expected):
    assert decide(confidence, governance()) == expected


def test_a_sandbox_bar_above_the_strictness_closes_the_sandbox():
    strict = governance(sandbox_strictness=1.0)
    assert [decide(c, strict) for c in (0.49, 0.5)] == [Status.REJECTED, Status.ADMITTED]


DAYS = st.one_of(st.none(), st.floats(0, 20))


@given(st.integers(0, 2**32 - 1), DAYS, DAYS, st.floats(0, 20))
def test_each_model_takes_at_most_one_step_and_the_verdict_tells_which(seed, sandbox_days, ban_days, immunity):
    rng, n, day = np.random.default_rng(seed), 50, 30.0
    status, since = rng.integers(0, len(Status), n), rng.uniform(0, day, n)
    kept = status.copy(), since.copy()
    rules = governance(sandbox_days=sandbox_days, ban_days=ban_days, immunity_days=immunity)
    found = admit(status, since, rng.random(n), rng.integers(0, 2, n), rules, day)
    assert np.array_equal(status, kept[0]) and np.array_equal(since, kept[1])
    steps = {
        (Status.SANDBOX, Status.ADMITTED): found.admitted,
        (Status.ADMITTED, Status.EJECTED): found.ejected,
        (Status.SANDBOX, Status.REJECTED): found.expired,
        (Status.EJECTED, Status.SANDBOX): (status == Status.EJECTED) & (found.status == Status.SANDBOX),
    }
    told = np.zeros(n, int)
    for (before, then), mask in steps.items():
        assert (status[mask] == before).all() and (found.status[mask] == then).all()
        told += mask
    assert np.array_equal(told, found.status != status)
    assert np.array_equal(found.since, np.where(told, day, since))
