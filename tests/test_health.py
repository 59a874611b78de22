"""Health rules against their published semantics, one outcome at a time."""

import numpy as np
import pytest

from sim.records import Outcome
from sim.traffic import health
from sim.traffic.dispatch import arrange, eligible, replay_all
from sim.traffic.params import pack
from sim.traffic.state import NONE, grow, new_world
from tests.configs import config
from tests.founders import founders

FIRST = 1  # the first model that is not a house model


def network(rule: str, models: int = 20, **keys):
    """A network of one domain whose models all carry traffic, under the health rule ``rule``."""
    c = config(router__health=rule, demand__domains=1, population__models=models, **keys)
    service = founders(c).service
    world = grow(new_world(pack(c, tournament=False, logging=False), 1, 1, 1, 0), service)
    weight = np.where(np.arange(len(service)) > 0, 1.0, 0.0)
    world = world._replace(routes=arrange(weight, service["domain"], 1))
    health.recount_all(world)
    replay_all(world)
    return world


def outcomes(world, kinds, now=0.0, m=FIRST):
    """Ejection times in s that ``kinds`` of outcomes of model ``m`` bring, one after the other."""
    failures = (Outcome.BAD, Outcome.TIMEOUT, Outcome.REJECTED)
    return [health.judge(world, m, kind, kind in failures, now) for kind in kinds]


def fail(world, times, now=0.0, m=FIRST):
    return outcomes(world, [Outcome.TIMEOUT] * times, now, m)


class TestEnvoy:
    """Five failures in a row eject for 30 s, then 60 s ...; at most a tenth of the models; panic below half."""

    def test_five_in_a_row(self):
        assert fail(network("envoy"), 5) == [0, 0, 0, 0, 30]

    def test_a_success_between_starts_anew(self):
        assert not any(outcomes(network("envoy"), [Outcome.TIMEOUT] * 4 + [Outcome.GOOD] + [Outcome.TIMEOUT] * 4))

    def test_bad_answers_are_no_transport_errors(self):
        assert not any(outcomes(network("envoy"), [Outcome.BAD] * 10))
        world = network("envoy", router__health_kinds=["bad"])
        assert outcomes(world, [Outcome.BAD] * 5)[-1] == 30

    def test_ejections_grow_to_their_cap_and_are_forgiven(self):
        world, times = network("envoy"), []
        for _ in range(12):
            times.append(fail(world, 5)[-1])
            health.eject(world, FIRST)
            health.restore(world, FIRST)
        assert times == [min(30 * k, 300) for k in range(1, 13)]
        health.next_interval(world.stations[FIRST])
        assert world.stations[FIRST]["ejections"] == 11

    def test_at_most_a_tenth_at_once_and_one_always(self):
        for models, allowed in ((20, 2), (5, 1)):
            world = network("envoy", models)
            ejected = 0
            for m in range(FIRST, models + 1):
                if fail(world, 5, m=m)[-1] > 0:
                    health.eject(world, m)
                    ejected += 1
            assert ejected == allowed

    def test_panic_ignores_health_below_half(self):
        world = network("envoy", 10, router__envoy__max_share=1.0)
        for m in range(FIRST, FIRST + 5):
            health.eject(world, m)
        assert not eligible(world, FIRST, NONE)
        health.eject(world, FIRST + 5)
        assert eligible(world, FIRST, NONE)
        health.restore(world, FIRST + 5)
        assert not eligible(world, FIRST, NONE)

    def test_without_panic_health_is_never_ignored(self):
        world = network("envoy", 10, router__envoy__max_share=1.0, router__envoy__panic=0.0)
        for m in range(FIRST, FIRST + 10):
            health.eject(world, m)
        assert not any(eligible(world, m, NONE) for m in range(FIRST, FIRST + 10))

    def test_success_rate_outliers(self):
        """mean - 1.9 population sd over models with 100 requests in the interval."""
        world = network("envoy", 20)
        rates = np.array([0.9] * 19 + [0.2])
        for m, rate in enumerate(rates, FIRST):
            world.stations[m]["requests"], world.stations[m]["good"] = 1000, 1000 * rate
        health.set_thresholds(world)
        assert world.domains[0]["threshold"] == pytest.approx(rates.mean() - 1.9 * rates.std())
        assert [m for m in range(FIRST, 21) if health.outlier(world, m)] == [20]
        world.stations["requests"][FIRST + 3 :] = 99
        assert health.threshold(world, 0) == -1


class TestLiteLLM:
    """More than half of at least 5 requests in a minute failed: no traffic for 5 s."""

    def test_half_is_allowed(self):
        assert not any(outcomes(network("litellm"), [Outcome.GOOD, Outcome.TIMEOUT] * 5))

    def test_more_than_half_is_not(self):
        assert outcomes(network("litellm"), [Outcome.GOOD, Outcome.GOOD] + [Outcome.TIMEOUT] * 3) == [0, 0, 0, 0, 5]

    def test_needs_five_requests(self):
        assert fail(network("litellm"), 5) == [0, 0, 0, 0, 5]

    def test_counts_start_anew_after_a_minute(self):
        world = network("litellm")
        assert not any(fail(world, 4)) and not any(fail(world, 4, now=60.0))

    def test_nobody_left_means_everybody(self):
        world = network("litellm", 2)
        health.eject(world, FIRST)
        assert not eligible(world, FIRST, NONE)
        health.eject(world, FIRST + 1)
        assert eligible(world, FIRST, NONE)


class TestFinagle:
    """Five failures in a row: dead for 5 s; each failed probe doubles that with equal jitter; a success ends it."""

    def test_probe_that_fails(self):
        world = network("finagle")
        assert fail(world, 5) == [0, 0, 0, 0, 5]
        for k in range(1, 9):
            health.eject(world, FIRST)
            health.restore(world, FIRST)
            (time,) = fail(world, 1)
            assert min(5 * 2**k, 300) / 2 <= time <= min(5 * 2**k, 300)

    def test_probe_that_succeeds(self):
        world = network("finagle")
        fail(world, 5)
        health.eject(world, FIRST)
        health.restore(world, FIRST)
        assert not any(outcomes(world, [Outcome.GOOD] + [Outcome.TIMEOUT] * 4))
        assert fail(world, 1) == [5]
