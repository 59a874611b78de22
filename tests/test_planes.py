"""The two data planes are one: identical counters and identical attempt logs, whatever the configuration.

Most runs are on a coarse time grid, where events coincide; in continuous time there would be almost no ties to test.
"""

from dataclasses import fields

import numpy as np
import simpy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.demand import open_demand
from sim.records import C, N
from sim.traffic.compiled import CompiledTraffic
from sim.traffic.params import BACKOFFS, DISPATCHES, HEALTHS, JITTERS, NOISES, PATIENCES, TARGETS
from sim.traffic.reference import ReferenceTraffic
from tests.configs import config
from tests.founders import founders

TICKS, TICK_S = 4, 512.0
PRESETS = ("none", "openai", "litellm", "aws_standard", "envoy", "finagle", "grpc")
BUDGETS = ("none", "ratio", "active", "throttle", "quota")


@st.composite
def configurations(draw):
    """Any combination of what the data plane can do, at light load or overloaded."""

    def one(*values):
        return draw(st.sampled_from(values))

    demand = one("poisson", "modulated")
    return config(
        f"demand={demand}",
        f"retry={one(*PRESETS)}",
        seed=draw(st.integers(0, 2**31)),
        warmup_days=0,
        horizon_days=1,
        demand__rate=one(20_000, 100_000),
        demand__turns_mean=one(1, 3),
        demand__think_median_s=one(0, 20),
        demand__users=50,
        demand__tolerance=one(0, 1, 3),
        demand__away_days=0.005,
        population__models=one(3, 7, 12),
        population__variation=1.0,
        service__noise=one(*NOISES),
        service__patience=one(*PATIENCES),
        service__patience_s=one(40.0, 300.0),
        service__patience_sigma=1.0,
        service__queue_limit=one(None, 0, 3),
        service__cancel=one(True, False),
        service__grid_bits=one(0, 0, 4, 24),
        response__follow=0.5,
        retry__target=one(*TARGETS),
        retry__backoff=one(*BACKOFFS),
        retry__jitter=one(*JITTERS),
        retry__base_s=one(0.1, 8.0),
        retry__cap_s=30.0,
        retry__immediate=one(True, False),
        retry__clients=one(1, 3),
        retry__kinds=one(["timeout", "rejected", "bad"], ["bad"]),
        retry__budget__kind=one(*BUDGETS),
        router__dispatch=one(*DISPATCHES),
        router__health=one(*HEALTHS),
        router__health_kinds=one(["timeout", "rejected"], ["timeout", "rejected", "bad"]),
        router__sticky=one(True, False),
        router__envoy__min_requests=5,
        router__envoy__min_models=2,
    )


def carry(plane, c):
    """Counters of each window and the attempt log; weights and slots change at every tick."""
    rng = np.random.default_rng(c.seed)
    models = founders(c).service
    house = np.arange(len(models)) < c.demand.domains
    log, windows = [], []
    env = simpy.Environment()
    traffic = plane(env, c, open_demand(c).chunks(), log.append)

    def ticks():
        for tick in range(TICKS):
            models["slots"] = rng.integers(1, 4, len(models))
            weight = rng.random(len(models)) * (rng.random(len(models)) < 0.7)
            traffic.publish(models, np.where(house, 0.05, weight))
            yield traffic.advance((tick + 1) * TICK_S)
            windows.append(traffic.collect())

    env.run(env.process(ticks()))
    return windows, np.concatenate(log) if log else np.zeros(0)


@settings(max_examples=200, suppress_health_check=list(HealthCheck), derandomize=True)
@given(configurations())
def test_planes_are_identical(c):
    reference, reference_log = carry(ReferenceTraffic, c)
    compiled, compiled_log = carry(CompiledTraffic, c)
    assert reference_log.tobytes() == compiled_log.tobytes()
    for ours, theirs in zip(reference, compiled, strict=True):
        for field in fields(ours):
            np.testing.assert_array_equal(getattr(ours, field.name), getattr(theirs, field.name), field.name)
    conserve(compiled, compiled_log)


def conserve(windows, log):
    """Nothing is lost: turns, attempts, sessions, and the log agree."""
    network = sum(w.network for w in windows)
    models = sum(w.models for w in windows)
    last = windows[-1]
    answered = network[N.OK] + network[N.UNNOTICED]
    assert network[N.TURNS] == answered + network[N.FAILED] + last.in_flight
    assert network[N.TURNS] == models[:, C.TURNS_PLAIN : C.TURNS_ADVERSARIAL + 1].sum()
    assert network[N.OK] == models[:, C.OK_PLAIN : C.OK_ADVERSARIAL + 1].sum()
    assert network[N.FAILED] == models[:, C.FAILED].sum()
    assert sum(w.latency.sum() for w in windows) == answered
    ended = models[:, [C.GOOD, C.BAD, C.TIMEOUTS, C.REJECTED]].sum()
    assert ended == len(log) <= network[N.ATTEMPTS]
    assert network[N.ATTEMPTS] == models[:, C.ATTEMPTS].sum()
    rescued = models[:, [C.FIRST_GOOD, C.SELF_RESCUED, C.OTHER_RESCUED]].sum()
    assert network[N.OK] <= rescued <= network[N.OK] + last.in_flight
    assert (models[:, C.WASTED] <= models[:, C.BUSY]).all()
    if len(log):
        assert (log["waited"] >= 0).all() and (log["ended"] >= log["started"]).all()
        assert (np.diff(log["ended"]) >= 0).all()
