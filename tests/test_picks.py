"""Picks follow the weights, also where the heavy ones are not eligible; and waits that have ended leave nothing."""

import numpy as np
import pytest
from scipy import stats
from simpy import Environment

from sim.demand import open_demand
from sim.traffic.compiled import CompiledTraffic
from tests.verification.drive import evenly
from tests.verification.network import carry, models, settings


@pytest.mark.parametrize("excluded", [0.5, 0.9, 0.99])
def test_a_fresh_retry_follows_the_other_weights(excluded):
    """The model just tried is left out, however much of the weight it has; the others keep their proportions."""
    others = np.arange(1.0, 11.0)
    weight = np.append(excluded, (1 - excluded) * others / others.sum())
    ability = np.append(1e-12, np.full(10, 1 - 1e-9))
    c = settings(1.0, service__noise="fixed", retry__retries=1, retry__kinds=["bad"], retry__target="fresh")
    turns = 20_000
    log = carry(c, models(11, mean_s=2.0**-10, slots=100, ability=ability), turns + 2.0, weight=weight,
                chunks=evenly(1.0, turns)).log  # fmt: skip
    retried = np.bincount(log["model"][log["attempt"] == 2], minlength=11)
    assert retried[0] == 0
    expected = others / others.sum() * retried.sum()
    assert stats.chisquare(retried[1:], expected).pvalue > 1e-4


def test_timers_of_waits_that_have_ended_do_not_pile_up():
    """With patience for ever and a queue in use, the events in the heap stay as few as the requests in the network."""

    c = settings(0.9, service__noise="exponential", service__patience="fixed", service__patience_s=1e7,
                 demand__kind="poisson", demand__rate=0.9 * 86400, demand__turns_mean=1)  # fmt: skip
    plane = CompiledTraffic(Environment(), c, open_demand(c).chunks())
    row = models(1, mean_s=1.0, slots=1)
    plane.publish(row, np.ones(len(row)))
    sizes = []
    for day in range(1, 4):
        plane.advance(day * 86400.0)
        plane.collect()
        sizes.append(len(plane.heap))
    assert max(sizes) < 5_000  # of 230,000 waits
