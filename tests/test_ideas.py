"""M11: ideas. Their laws are in tests/verification/test_landscape.py."""

from dataclasses import replace

import numpy as np
import pytest

from sim.developers.ideas import Ideas
from sim.landscape import Landscape
from tests.configs import config

BASE = config().landscape


def ideas(developer=3, arrived=0.0, seed=1, world=None, **changes):
    settings = replace(BASE, **changes)
    return Ideas(settings, seed, world or Landscape(settings, seed, 2), developer, 1, arrived)


def test_they_are_numbered_in_order_after_arrival():
    found = ideas(arrived=20.0).due(400.0)
    assert [idea.number for idea in found] == list(range(len(found))) and len(found) > 10
    days = [idea.day for idea in found]
    assert days == sorted(days) and days[0] > 20.0 and days[-1] <= 400.0
    assert all(0 <= idea.position < 1 << BASE.n and idea.domain == 1 for idea in found)


def test_they_do_not_depend_on_when_somebody_asks_or_how_far_the_world_is():
    world = Landscape(BASE, 1, 2)
    stream, often = ideas(world=world), []
    for day in range(400):
        world.advance(day + 30.0)
        often += stream.due(day)
    assert often == ideas().due(399)


def test_developers_and_seeds_have_ideas_of_their_own():
    positions = [tuple(i.position for i in ideas(d, seed=s).due(900)) for d in (0, 1) for s in (1, 2)]
    assert len(set(positions)) == 4


def test_worth_what_the_landscape_gave_that_day():
    for idea in ideas(redraw_days=5.0).due(200):
        world = Landscape(replace(BASE, redraw_days=5.0), 1, 2)
        world.advance(idea.day)
        assert world.logit(1, idea.position) == idea.logit


def test_more_jumps_keep_the_clock_and_never_find_less():
    few, many = ideas(ideas=16).due(400), ideas(ideas=64).due(400)
    assert [i.day for i in few] == [i.day for i in many]
    assert all(a.logit <= b.logit for a, b in zip(few, many, strict=True))


@pytest.mark.parametrize("worth", ["own", "none"])
def test_the_placebo_has_the_same_ideas(worth):
    assert ideas(worth=worth).due(400) == ideas().due(400)


def test_asking_again_brings_nothing():
    stream = ideas()
    stream.due(100.0)
    assert stream.due(100.0) == []


def test_positions_are_uniform():
    found = [i.position for d in range(300) for i in ideas(d, ideas=1, n=3, k=0, idea_days=10.0).due(100)]
    counts = np.bincount(found, minlength=8)
    expected = counts.sum() / 8
    assert ((counts - expected) ** 2 / expected).sum() < 30  # χ² of 7 degrees: 1 in 10,000
