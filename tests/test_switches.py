"""The switches of M3 to M12, found in the schema: at its off value a mechanism is as if its code were not there."""

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import sim.developers.community
import sim.endowment
import sim.network.network
import sim.scoreboard
import sim.trust.stake
from sim.config import keys
from sim.datasets import Datasets
from sim.developers.projects import Workshop
from sim.economy.ledger import micro
from sim.landscape import _History
from sim.network.gate import Gate
from sim.simulation import simulate
from sim.streams import DEAL
from sim.trust.gauntlet import Evaluator
from tests.economies import RANDOM, differing, economy

OFF = re.compile(r"(?:^|[;:] )(0|1|null): ")
"""How the doc of a key says what switches it off: ``...; 0: never``."""

MECHANISMS = ("learning", "landscape", "data", "projects", "service", "response", "retry", "evidence", "stake",
              "gauntlet", "router", "developers")  # fmt: skip
"""Sections of M3 to M12."""

ELSEWHERE = {
    "service.queue_limit": "compiled into the data plane; tests/verification/test_loss.py has its law",
}
"""Switches that no patch can take out of a run, and where they are tested."""


def _matured_at_once(patch):
    inner = Workshop.experiment

    def experiment(self, own, birth, idea):
        row = inner(self, own, birth, idea)
        row["gap"] = row["rawness"] = 0.0
        return row

    patch.setattr(Workshop, "experiment", experiment)


def _landscape_that_stays(patch):
    patch.setattr(_History, "_redraw", lambda self, number: (np.inf, 0))


def _data_of_no_effect(patch):
    patch.setattr(Datasets, "offset", lambda self, dataset: 0.0)
    patch.setattr(Datasets, "demo", lambda self, dataset: 0.0)
    patch.setattr(Datasets, "thin", lambda self, missing: (1.0, 1.0))


def _hazard_that_data_leave(patch):
    inner = Datasets.thin
    patch.setattr(Datasets, "thin", lambda self, missing: (inner(self, missing)[0], 1.0))


def _spread_that_data_leave(patch):
    inner = Datasets.thin
    patch.setattr(Datasets, "thin", lambda self, missing: (1.0, inner(self, missing)[1]))


def _hardening_that_leaves(*names):
    def apply(patch):
        inner = Workshop.harden

        def harden(self, parent, birth):
            row = inner(self, parent, birth)
            for name in names:
                row[name] = parent[name]
            return row

        patch.setattr(Workshop, "harden", harden)

    return apply


def _door_without_limit(patch):
    patch.setattr(Gate, "open_to", lambda self, developer: True)


def _no_evaluation_again(patch):
    def reevaluate(self, m):
        yield self.env.timeout(0)

    patch.setattr(Gate, "reevaluate", reevaluate)


def _stake_without_influence(patch):
    patch.setitem(sim.trust.stake.RULES, "pseudo_count", sim.trust.stake.none)


def _stake_without_cap(patch):
    inner = sim.trust.stake.effective
    for module in (sim.trust.stake, sim.network.network):
        patch.setattr(module, "effective", lambda settings, *held: inner(replace(settings, cap=0.0), *held))


SUPPLY = 54_321.0


def _nobody_delegates(patch):
    patch.setattr(sim.scoreboard, "delegate", lambda settings, held, confidence, status: np.zeros(len(status), int))
    patch.setattr(sim.network.network, "micro", lambda amount: 0 if amount == SUPPLY else micro(amount))


def _prices_that_stay(patch):
    patch.setattr(sim.developers.community, "next_price", lambda price, traffic, mean, step: price)


def _fortunes_that_stay(patch):
    inner, same = sim.endowment.generator, SimpleNamespace(permutation=lambda fortunes: fortunes)
    patch.setattr(sim.endowment, "generator", lambda seed, use, i: same if use == DEAL else inner(seed, use, i))


SWITCHES = {  # key: (a value at which it is on, what takes the mechanism out of the code, other keys)
    "learning.v0": (60.0, _matured_at_once, {}),
    "landscape.redraw_days": (2.0, _landscape_that_stays, {}),
    "data.effect": (1.0, _data_of_no_effect, {}),
    "data.thin_hazard": (4.0, _hazard_that_data_leave, {"gauntlet__paraphrase": 0.5}),
    "data.thin_spread": (2.0, _spread_that_data_leave, {}),
    "projects.harden_hazard": (0.3, _hardening_that_leaves("hazard", "drift"), {}),
    "projects.harden_penalty": (0.3, _hardening_that_leaves("e_edge", "e_adv"), {}),
    "gauntlet.attempts": (1, _door_without_limit, {}),
    "gauntlet.reevaluate_days": (3.0, _no_evaluation_again, {}),
    "stake.sigma": (1.0, _stake_without_influence, {}),
    "stake.cap": (300.0, _stake_without_cap, {}),
    "developers.endowment.wealth_deal": (1, _fortunes_that_stay, {}),
    "stake.delegation.supply": (SUPPLY, _nobody_delegates, {}),
    "developers.price_step": (0.2, _prices_that_stay, {"economy__pricing": "price"}),
}


def switches() -> dict[str, float | None]:
    """Every key of M3 to M12 whose doc says which value switches it off, with that value."""
    found = {name: OFF.search(key.meta["doc"]) for name, key in keys().items() if name.split(".")[0] in MECHANISMS}
    return {name: None if hit[1] == "null" else float(hit[1]) for name, hit in found.items() if hit}


@pytest.mark.parametrize("key", ["data.thin_hazard", "data.effect"])
def test_thin_data_leave_wordings_alone(key, monkeypatch):
    """Where thin data do nothing, a wording redraws as much of the task for every model."""
    c = economy(**RANDOM | {key.replace(".", "__"): 0.0}, gauntlet__paraphrase=0.5)
    before, inner = simulate(c), Evaluator.score

    def score(self, candidate, number):
        candidate["fragility"] = 1.0
        return inner(self, candidate, number)

    monkeypatch.setattr(Evaluator, "score", score)
    assert differing(before, simulate(c)) == []


def assert_alike(one, other):
    """The same tables and summary but for rounding."""
    ours, theirs = (r.tables | {"summary": pd.DataFrame([r.summary])} for r in (one, other))
    for name, table in ours.items():
        pd.testing.assert_frame_equal(table, theirs[name], rtol=1e-12, atol=1e-12)


class TestSwitches:
    """A mechanism at its off value is as if its code were not there; at another value it is there."""

    def test_every_switch_is_tested(self):
        assert set(SWITCHES) | set(ELSEWHERE) == set(switches())

    @pytest.mark.parametrize("key", SWITCHES)
    def test_off_is_off(self, key, monkeypatch):
        value, take_out, others = SWITCHES[key]
        name, off = key.replace(".", "__"), switches()[key]

        def run(setting):
            return simulate(economy(**RANDOM | others | {name: setting}))

        without, on = run(off), run(value)
        take_out(monkeypatch)
        assert differing(without, on) != [], "the switch does nothing here"
        assert_alike(without, run(value))
