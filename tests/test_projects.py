"""M11: what projects make of models."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.special import expit

from sim.datasets import Datasets
from sim.developers.ideas import Idea
from sim.developers.projects import Birth, Workshop, cleaned
from sim.landscape import Landscape
from sim.learning import today
from sim.models import KINDS, LATENT
from tests.configs import config

CONFIG = config()
BIRTH = Birth(developer=4, version=9, parent=17, day=30.0, skill=0.25)
IDEA = Idea(number=2, day=28.0, domain=1, position=0b111111000000, logit=0.9)
NEW = {"developer", "version", "name", "parent", "kind", "idea", "born_day", "worked_day", "offset", "potential"}


def workshop(worth="own", **changes):
    """A workshop in which keys of ``projects`` are changed."""
    landscape = Landscape(replace(CONFIG.landscape, worth=worth), 1, 2)
    return Workshop(1, CONFIG.learning, replace(CONFIG.projects, **changes), landscape, Datasets(CONFIG.data))


def model(**fields):
    row = np.zeros((), LATENT)[()]
    given = dict(developer=7, version=3, parent=5, lineage=2, domain=1, idea=-1, position=0b101, gap=0.3, rawness=0.2,
                 live=150, born_day=3.0, worked_day=3.0, spread=2.0, hazard=0.2, drift=0.1, e_edge=1.0, e_adv=0.8,
                 polish=0.4, familiarity=0.3, cleanup_hours=8.0, missing=workshop().datasets.rates(0).missing,
                 ttft=1.5, speed=4.0, slots=6, price=0.05, demo_score=0.7, potential=0.6)  # fmt: skip
    for name, value in (given | fields).items():
        row[name] = value
    return row


def luck(shop, developer, version, count=1):
    """What chance adds to the first builds of a version."""
    return shop.builds(model(developer=developer, version=version), 0.0, count)["offset"]


def children(shop, parent):
    return {
        "refine": shop.refine(parent, BIRTH, 3),
        "fork": shop.fork(parent, BIRTH, 3),
        "experiment": shop.experiment(parent, BIRTH, IDEA),
        "harden": shop.harden(parent, BIRTH),
        "data": shop.broaden(parent, BIRTH, 1),
    }


def changed(parent, child):
    return {name for name in LATENT.names if parent[name] != child[name]}


@pytest.mark.parametrize("kind", KINDS[1:])
def test_what_every_project_does(kind):
    parent, shop = model(), workshop()
    before = parent.copy()
    row = children(shop, parent)[kind]
    assert parent == before
    assert [int(row[f]) for f in ("developer", "version", "parent")] == [4, 9, 17] and KINDS[row["kind"]] == kind
    assert row["born_day"] == row["worked_day"] == 30.0
    assert (row["polish"], row["familiarity"], row["cleanup_hours"], row["demo_score"]) == (1.0, 0.0, 0.0, 0.0)
    assert row["lineage"] == (-1 if kind == "experiment" else 2)
    assert row["idea"] == (2 if kind == "experiment" else -1)
    data = shop.datasets.offset(int(row["dataset"]))
    assert row["offset"] == pytest.approx(0.25 + luck(shop, 4, 9)[0] + data)
    assert row["potential"] == expit(shop.landscape.logit(1, int(row["position"])) + row["offset"])
    if kind != "experiment":
        assert [row[f] for f in ("gap", "rawness", "live")] == [parent[f] for f in ("gap", "rawness", "live")]


@pytest.mark.parametrize("kind", KINDS[1:])
def test_what_no_project_does(kind):
    parent = model(polish=1.0, familiarity=0.0, cleanup_hours=0.0, demo_score=0.0)
    touched = {"refine": {"position"}, "fork": {"position"}, "harden": {"spread", "hazard", "drift", "e_edge", "e_adv"},
               "experiment": {"position", "lineage", "gap", "rawness", "live"},
               "data": {"dataset", "missing", "spread", "hazard", "demo"}}  # fmt: skip
    assert changed(parent, children(workshop(), parent)[kind]) <= NEW | touched[kind]


def test_refine_flips_one_bit_and_again_brings_it_back():
    shop = workshop(luck=0.0)
    first = shop.refine(model(), BIRTH, 3)
    second = shop.refine(first, BIRTH, 3)
    assert first["position"] == 0b1101 and second["position"] == 0b101
    assert second["potential"] == expit(shop.landscape.logit(1, 0b101) + 0.25)


def test_experiments_are_raw_by_distance():
    row = workshop().experiment(model(), BIRTH, IDEA)
    distance = (0b101 ^ IDEA.position).bit_count() / 12
    assert row["position"] == IDEA.position
    assert row["gap"] == pytest.approx(0.2 + 0.4 * distance)
    assert (row["rawness"], row["live"]) == (0.3, 0)


def test_placebo_ideas_are_worth_what_one_has():
    parent = model()
    own, placebo = (workshop(worth).experiment(parent, BIRTH, IDEA) for worth in ("own", "none"))
    assert changed(own, placebo) == {"position", "potential"}
    shop = workshop("none", luck=0.0)
    assert shop.experiment(parent, BIRTH, IDEA)["potential"] == shop.harden(parent, BIRTH)["potential"]


def test_harden_by_the_numbers():
    row = workshop().harden(model(), BIRTH)
    found = [float(row[f]) for f in ("hazard", "drift", "e_edge", "e_adv", "spread")]
    assert found == pytest.approx([0.14, 0.07, 0.9, 0.72, 2.0 + 0.3 * 4.0])


def test_harden_leaves_spread_above_its_end():
    assert workshop().harden(model(spread=9.0), BIRTH)["spread"] == 9.0


def test_harden_at_its_zeros_is_off():
    parent = model(polish=1.0, familiarity=0.0, cleanup_hours=0.0, demo_score=0.0)
    row = workshop(harden_hazard=1.0, harden_penalty=1.0, harden_spread=0.0).harden(parent, BIRTH)
    assert changed(parent, row) <= NEW


def test_data_thin_out_in_two_steps_as_in_one():
    shop = workshop()
    twice = shop.broaden(shop.broaden(model(), BIRTH, 0), BIRTH, 1)
    spread, hazard = shop.datasets.thin(twice["missing"])
    assert twice["spread"] == pytest.approx(2.0 * spread) and twice["hazard"] == pytest.approx(0.2 * hazard)
    assert twice["missing"] == shop.datasets.rates(int(twice["dataset"])).missing


class TestLuck:
    def test_is_not_inherited(self):
        """After any number of harmless projects a potential is the landscape's, with skill and one luck."""
        shop = workshop(harden_hazard=1.0, harden_penalty=1.0, harden_spread=0.0)
        row = model()
        for version in range(1, 40):
            row = shop.harden(row, BIRTH._replace(version=version))
        assert row["offset"] == pytest.approx(0.25 + luck(shop, 4, 39)[0])

    def test_is_of_the_build_alone(self):
        shop = workshop()
        row = shop.refine(model(), BIRTH, 3)
        builds = list(shop.builds(row, 0.25, 6))
        assert builds[0] == row
        assert all(changed(row, b) == {"offset", "potential"} for b in builds[1:])
        assert len({float(b["potential"]) for b in builds}) == 6

    def test_sd(self):
        drawn = np.array([luck(workshop(), d, v, 10) for d in range(20) for v in range(20)]).ravel()
        assert abs(drawn.mean()) < 5 * 0.05 / np.sqrt(drawn.size)
        assert drawn.std() == pytest.approx(0.05, abs=5 * 0.05 / np.sqrt(2 * drawn.size))

    def test_off(self):
        assert (luck(workshop(luck=0.0), 3, 4, 5) == 0.0).all()


def test_bits_are_uniform():
    shop = workshop()
    counts = np.bincount([shop.bit(d, v) for d in range(30) for v in range(100)], minlength=12)
    assert len(counts) == 12 and ((counts - 250) ** 2 / 250).sum() < 40  # χ² of 11 degrees: 3 in 100,000


class TestCleaned:
    @given(st.floats(0, 1e4), st.floats(0, 1e4), st.floats(0, 1), st.floats(0.01, 1e4))
    @example(8.0, 0.0, 0.0, 10.0)  # nothing lasts
    @example(1.5, 0.0, 1.0, 1.0)  # all of it does: both are the same but for rounding, of what was cut from
    @example(4858.0, 0.0, 1.0, 425.0)
    def test_live_keeps_what_does_not_last_and_evaluation_sees_the_whole_cut(self, hours, study, lasting, c0):
        settings = replace(CONFIG.developers.cleanup, lasting=lasting, c0=c0)
        parent = workshop().refine(model(live=0, rawness=0.0), BIRTH, 3)
        row = cleaned(parent, hours, study, settings)
        live, seen = today(row, 30.0, CONFIG.learning)[0], today(row, 30.0, CONFIG.learning, lasting)[0]
        polish = np.exp(-hours / c0)
        for name in ("drift", "e_edge", "e_adv"):
            assert row[name] == pytest.approx(parent[name] * (1 - lasting * (1 - polish)))
            if row[name] > 1e-9:
                assert seen[name] == pytest.approx(parent[name] * polish)
            assert np.isfinite(seen[name]) and seen[name] <= live[name] + 4 * np.finfo(float).eps * parent[name]
        for name in ("spread", "hazard"):
            assert seen[name] == live[name]
        assert 0 <= row["familiarity"] <= 1 and row["cleanup_hours"] == hours

    def test_no_hours_are_off(self):
        row = workshop().refine(model(), BIRTH, 3)
        assert cleaned(row, 0.0, 0.0, CONFIG.developers.cleanup) == row

    def test_if_all_lasts_nothing_is_polish(self):
        row = cleaned(model(), 8.0, 0.0, replace(CONFIG.developers.cleanup, lasting=1.0))
        live, seen = today(row, 30.0, CONFIG.learning), today(row, 30.0, CONFIG.learning, 1.0)
        assert seen["drift"] == pytest.approx(live["drift"])
