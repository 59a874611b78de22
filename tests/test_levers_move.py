"""A lever that is stepped moves what its key would have moved: from its day on, and not before."""

from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

from sim.compose import configure
from sim.config.economy import Schedule
from sim.config.levers import current, levers
from sim.governance import with_value
from sim.simulation import simulate

STEP_DAY = 2.0
MARKETS = {
    "": "stake_weighted",
    "router.showcase": "showcase",
    "router.proportional": "proportional",
    "router.softmax": "softmax",
    "router.epsilon_greedy": "epsilon_greedy",
    "router.cvar": "cvar",
}


@cache
def market(allocation: str):
    return configure(
        "horizon_days=8", "warmup_days=1", "demand.rate=600", "population.models=12", "population.developers=6",
        "developers.arrivals=4", "evidence.audit=0.5", "gauntlet=quick", "gauntlet.turns=2", "gauntlet.edge=0",
        "gauntlet.repeats=2", "gauntlet.paraphrases=2", "gauntlet.paraphrase=0.3", "governance.grant=0.5",
        "stake.delegation.supply=1000", f"router.allocation={allocation}",
    )  # fmt: skip


def moved(lever: str, config) -> float:
    """Another allowed value of ``lever``, not far away."""
    key, value = levers()[lever], current(config, lever)
    low, high = (max(key.meta["low"], key.meta["above"]), min(key.meta["high"], key.meta["below"]))
    more = 3.0 if value is None else value * 1.5 + 0.1
    more = more if low < more < high else value / 2
    return float(max(round(more), 1)) if key.kind is int else more


def tables(config) -> dict[str, pd.DataFrame]:
    return simulate(config).tables


def same(a: dict[str, pd.DataFrame], b: dict[str, pd.DataFrame]) -> bool:
    return all(a[name].equals(b[name]) for name in a)


@cache
def untouched(allocation: str) -> dict[str, pd.DataFrame]:
    return tables(market(allocation))


@pytest.mark.parametrize("lever", levers())
def test_a_step_does_what_the_key_does(lever):
    allocation = MARKETS.get(lever.rpartition(".")[0], MARKETS[""])
    start, before = market(allocation), untouched(allocation)
    value = moved(lever, start)
    number = round(value) if levers()[lever].kind is int else value
    configured = tables(with_value(start, lever.split("."), number))

    def stepped(day: float) -> dict[str, pd.DataFrame]:
        plan = [Schedule(lever=lever, shape="step", day=day, days=0.0, value=value)]
        return tables(replace(start, governance=replace(start.governance, schedules=plan)))

    assert same(stepped(0.0), configured)
    late = stepped(STEP_DAY)
    early = before["timeline"]["day"] <= STEP_DAY
    assert late["timeline"][early].equals(before["timeline"][early])
    if not same(configured, before):
        assert not same(late, before)
