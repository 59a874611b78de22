"""Whole runs of the economy: arms share their world, nothing is lost, and nobody who decides sees what is latent."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from sim.developers.choice import Chooser
from sim.developers.community import Community
from sim.developers.developer import Developer
from sim.developers.ideas import Idea
from sim.models import Models
from sim.simulation import simulate
from tests.economies import World, differing, economy

ARMS = {
    "strict": ((), {"governance__strictness": 0.7, "stake__sigma": 0.0}),
    "random": (("governance=open",), {"developers__policy": "random", "router__sandbox_share": 0.3}),
    "dear": (
        ("governance=amnesty",),
        {"gauntlet__fee": 600, "stake__slashing": "numerai", "retry__payer": "developer"},
    ),
}


@pytest.fixture(scope="module")
def base():
    return simulate(economy())


@pytest.fixture(scope="module", params=ARMS)
def arm(request):
    groups, keys = ARMS[request.param]
    return simulate(economy(*groups, **keys))


def test_world_is_simulate(base):
    """The helper through which these tests look into a run does what ``simulate`` does."""
    assert differing(base, World(economy()).run()) == []


def test_same_ideas_whatever_was_pursued(base, arm):
    key = ["developer", "idea"]
    ours, theirs = (r.tables["ideas"].set_index(key) for r in (base, arm))
    both = ours.index.intersection(theirs.index)
    assert len(both) > 15
    assert not ours.loc[both].equals(theirs.loc[both]), "the arms did the same"
    same = ["domain", "day", "potential"]
    pd.testing.assert_frame_equal(ours.loc[both, same], theirs.loc[both, same], check_exact=True)
    # What only one arm knows of came after the developer's last free moment in the other.
    for mine, other in ((ours, theirs), (theirs, ours)):
        last = other.reset_index().groupby("developer")["idea"].max()
        alone = mine.index.difference(other.index)
        assert all(idea > last.get(developer, -1) for developer, idea in alone)


def test_same_people_whatever_the_arm(base, arm):
    same = ["developer", "domain", "tier", "wealth_start", "risk_aversion"]
    ours, theirs = base.tables["developers"], arm.tables["developers"]
    pd.testing.assert_frame_equal(ours[same], theirs[same], check_exact=True)
    pd.testing.assert_series_equal(ours["arrived_day"], theirs["arrived_day"], check_exact=True)
    assert not ours.equals(theirs)


def test_same_sessions_whatever_the_arm(base, arm):
    assert (base.tables["timeline"]["sessions"] == arm.tables["timeline"]["sessions"]).all()


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"stake__slashing": "numerai", "stake__delegation__supply": 50_000, "economy__cut": 0.2},
        {"stake__slashing": "ethereum", "stake__exposure": ["ejection", "rejection", "expiry"], "stake__fraction": 1.0,
         "retry__payer": "developer", "governance__grant": 0.5, "developers__policy": "random",
         "developers__endowment__wealth": 900, "governance__sandbox_days": 3, "governance__immunity_days": 0},
    ],
    ids=["default", "numerai", "poor"],
)  # fmt: skip
def test_credits_are_conserved_at_every_tick(keys):
    ticks = []

    def audit(world):
        ledger = world.network.ledger
        assert sum(ledger.totals().values()) == ledger.minted
        parts = [ledger.wallets, ledger.stakes, ledger.unbonding, ledger.delegated, *ledger.totals().values()]
        assert all(np.min(part) >= 0 for part in parts)
        ticks.append(ledger.minted)

    result = World(economy(**keys), each_tick=audit).run()
    assert len(ticks) == 20 and ticks[-1] > ticks[0] > 0
    assert result.summary["fees"] > 0


def test_requests_are_conserved_at_every_tick(base):
    rows = base.tables["timeline"]
    ended = rows["turns_ok"] + rows["turns_failed"] + rows["turns_bad_unnoticed"]
    open_turns = rows["turns"].cumsum() - ended.cumsum()
    assert (open_turns == rows["turns_in_flight"]).all() and rows["turns"].min() > 0
    s = base.summary
    assert s["turns"] == s["turns_ok"] + s["turns_failed"] + s["turns_bad_unnoticed"] + s["turns_in_flight"]
    assert base.tables["models"]["turns"].sum() == base.tables["flows"]["turns"].sum() == s["turns"]


PUBLIC = {"developer", "version", "parent", "lineage", "domain", "kind", "idea", "born_day", "price", "slots",
          "demo_score", "position"}  # fmt: skip
"""What a decision may read of a model's row; ``position`` for the distance of an idea."""


class Latent(Exception):
    """Somebody who decides has read what is latent."""


class Row:
    """One row of which only the public fields can be read."""

    def __init__(self, row):
        self._row = row

    def __getitem__(self, name):
        if name not in PUBLIC:
            raise Latent(name)
        return self._row[name]


class Rows(Row):
    """All rows, likewise."""

    def __getitem__(self, key):
        if isinstance(key, str):
            return super().__getitem__(key)
        part = self._row[key]
        return Rows(part) if isinstance(part, np.ndarray) and part.ndim else Row(part)

    def __len__(self):
        return len(self._row)


@pytest.fixture
def watched(monkeypatch):
    """While somebody decides or looks at what is public, latent state cannot be read; counts how often that was."""
    deciding, count = [], []

    def guard(name, look):
        def read(models):
            return look(vars(models)[name]) if deciding else vars(models)[name]

        guarded = property(read, lambda models, table: vars(models).update({name: table}))
        monkeypatch.setattr(Models, name, guarded, raising=False)

    def shut(table):
        raise Latent(table.dtype.names)

    guard("rows", Rows)
    guard("today", shut)
    guard("service", shut)

    def read_idea(idea, name):
        if deciding and name == "logit":
            raise Latent(name)
        return object.__getattribute__(idea, name)

    monkeypatch.setattr(Idea, "__getattribute__", read_idea)

    def watch(owner, name):
        inner = getattr(owner, name)

        def outer(*args, **kwargs):
            deciding.append(name)
            count.append(name)
            try:
                return inner(*args, **kwargs)
            finally:
                deciding.pop()

        monkeypatch.setattr(owner, name, outer)

    for owner, name in ((Developer, "_decide"), (Developer, "own"), (Developer, "_learn"), (Chooser, "project"),
                        (Chooser, "submission"), (Community, "look")):  # fmt: skip
        watch(owner, name)
    return count


@pytest.mark.parametrize("policy", ["expected_utility", "manso", "imitate"])
def test_nobody_who_decides_reads_what_is_latent(watched, policy):
    simulate(economy(developers__policy=policy, horizon_days=12))
    assert all(watched.count(name) > 10 for name in ("_decide", "own", "_learn", "project", "submission", "look"))


@pytest.mark.parametrize(
    "reading",
    [
        lambda member: member.network.models.rows["potential"][0],
        lambda member: member.network.models.rows[0]["offset"],
        lambda member: member.network.models.today["ability"],
        lambda member: Idea(0, 0.0, 0, 0, 0.5).logit,
    ],
)
def test_who_reads_what_is_latent_is_caught(watched, monkeypatch, reading):
    estimate = Developer._estimate
    monkeypatch.setattr(Developer, "_estimate", lambda self: reading(self) and estimate(self))
    with pytest.raises(Latent):
        simulate(economy(horizon_days=2, warmup_days=0))


def test_nobody_decides_twice_at_one_moment(monkeypatch):
    """Who cannot pay for what it has chosen does something that takes time: the run goes on."""
    decide, moments = Developer._decide, Counter()

    def counted(self):
        moments[self.number, self.network.day] += 1
        assert moments[self.number, self.network.day] < 5
        return decide(self)

    monkeypatch.setattr(Developer, "_decide", counted)
    simulate(economy(developers__endowment__wealth_sigma=1.0, learning__v0=100))


@pytest.mark.parametrize(
    "keys",
    [
        {"governance__strictness": 0.0, "governance__sandbox_strictness": 0.0, "gauntlet__disclosure": "none"},
        {"developers__beliefs__ejection": 1.0, "developers__horizon_days": 10_000},
    ],
    ids=["no bar", "sure to be ejected"],
)
def test_extreme_beliefs_are_beliefs(keys):
    assert simulate(economy(horizon_days=6, warmup_days=0, **keys)).summary["turns"] > 0
