"""A world without certain models: the same until one of them would have been routed, and then it shows their cost."""

import copy
import math

import numpy as np
import pytest

import analysis.measures  # noqa: F401  fills the registry
from analysis.measure import TWIN_MEASURES
from analysis.run import Run
from sim.errors import InputError
from sim.simulation import simulate
from tests.configs import config
from tests.economies import RANDOM, differing, economy
from tests.made_runs import CONFIG, made_run
from tests.runs import write_run

KEYS = RANDOM | {"governance__strictness": 0.6}
OTHERS, ALL = (TWIN_MEASURES[name].function for name in ("others_success_without", "success_without"))


def made(turns, ok, barred=(), stars=0):
    """Models 0, 1, 2 with so many ``turns`` routed to them, ``ok`` of which ended well, each in one of three ways.

    The first is the house's, and the last has the better demo score of the others.
    """
    ways = {"first_good": [ok[0], 0, 0], "self_rescued": [0, ok[1], 0], "rescued": [0, 0, ok[2]]}
    known = copy.deepcopy(CONFIG)
    known["governance"] |= {"barred": list(barred), "barred_stars": stars}
    born = {"model": np.arange(3), "developer": [-1, 0, 1], "kind": np.array(["founder"] * 3)}
    return made_run(known, models=born | {"demo_score": [0.9, 0.5, 0.6], "turns": np.array(turns)} | ways)


def test_what_was_planted_is_found():
    run, twin = made([100, 100, 200], [60, 90, 20]), made([150, 250, 0], [120, 200, 0], barred=[2])
    assert OTHERS(run, twin) == pytest.approx(320 / 400 - 150 / 200)
    assert ALL(run, twin) == pytest.approx(320 / 400 - 170 / 400)


def test_stars_are_those_of_the_start_with_the_best_demonstrations():
    run = made([100, 100, 200], [60, 90, 20])
    named, ruled = (made([150, 250, 0], [120, 200, 0], **without) for without in ({"barred": [2]}, {"stars": 1}))
    assert OTHERS(run, ruled) == OTHERS(run, named) != OTHERS(run, made([150, 250, 0], [120, 200, 0]))


def test_models_that_harm_nobody_cost_nobody_but_their_own_users():
    run, twin = made([100, 100, 200], [80, 80, 20]), made([200, 200, 0], [160, 160, 0], barred=[2])
    assert OTHERS(run, twin) == 0 < ALL(run, twin)


def test_without_others_nothing_can_be_said_of_them():
    assert math.isnan(OTHERS(made([0, 0, 9], [0, 0, 5]), made([0, 0, 0], [0, 0, 0], barred=[2])))


@pytest.fixture(scope="module")
def whole():
    return simulate(economy(**KEYS))


def test_nobody_barred_is_no_difference(whole, tmp_path):
    twin = simulate(economy(**KEYS, governance__barred=[]))
    assert differing(whole, twin) == []
    runs = [Run.read(write_run(economy(**KEYS), tmp_path / name)) for name in "ab"]
    assert OTHERS(*runs) == ALL(*runs) == 0


def newcomers(result):
    """Models built in the run that were routed, and the day of the decision that let them in, by the day."""
    submissions, turns = result.tables["submissions"], result.tables["models"]["turns"]
    entered = submissions[submissions["decision"] != "rejected"]
    found = entered[turns[entered["model"]].to_numpy() > 0]
    return list(zip(found["model"], found["day"], strict=True))


def test_until_the_first_of_them_would_be_routed_the_world_is_the_same(whole):
    (first, day), (second, _) = newcomers(whole)[1:3]
    twin = simulate(economy(**KEYS, governance__barred=[int(second), int(first)]))
    ours, theirs = whole.tables["timeline"], twin.tables["timeline"]
    same = ours["day"] <= math.ceil(day)
    assert 0 < same.sum() < len(same)
    assert ours[same].equals(theirs[same])
    assert not ours[~same].equals(theirs[~same])
    assert (twin.tables["models"].loc[[first, second], ["turns", "attempts"]] == 0).all(axis=None)


def test_a_barred_model_lives_on_without_traffic(whole):
    first, _ = newcomers(whole)[0]
    barred = simulate(economy(**KEYS, governance__barred=[int(first)])).tables["models"].loc[first]
    born = whole.tables["models"].loc[first]
    assert (barred[["developer", "kind", "potential"]] == born[["developer", "kind", "potential"]]).all()
    assert barred["status"] in ("sandbox", "admitted", "ejected", "retired", "rejected")
    assert barred["evidence_effective"] > 0 == barred["revenue"]


@pytest.mark.parametrize("dispatch", ["weighted", "power_of_two", "least_busy"])
def test_no_way_to_pick_and_no_retry_reaches_a_barred_model(dispatch):
    short = {"horizon_days": 0.5, "warmup_days": 0.1, "retry__retries": 2, "retry__kinds": ["bad", "timeout"]}
    others = {"router__dispatch": dispatch, "router__health": "envoy", "governance__barred": [3, 5]}
    attempts = simulate(config(**short, **others)).tables["models"]["attempts"]
    assert attempts[[3, 5]].sum() == 0 < attempts[[4, 6]].min()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_world_without_its_stars_routes_nothing_to_them(seed):
    short = {"seed": seed, "horizon_days": 0.5, "warmup_days": 0.1}
    start = simulate(config(**short)).tables["models"].query("developer >= 0")
    stars = start.nlargest(4, "demo_score")["model"].tolist()
    ruled, named = (simulate(config(**short, **{f"governance__{key}": without}))
                    for key, without in (("barred_stars", 4), ("barred", stars)))  # fmt: skip
    assert ruled.tables["models"].equals(named.tables["models"])
    assert ruled.tables["models"]["attempts"][stars].sum() == 0 < start["attempts"][stars].min()


def test_a_domain_of_barred_models_is_served_by_the_house():
    models = simulate(config(horizon_days=0.5, warmup_days=0.1)).tables["models"]
    everybody = models.loc[models["developer"] >= 0, "model"].tolist()
    found = simulate(config(horizon_days=0.5, warmup_days=0.1, governance__barred=everybody)).summary
    assert found["turns"] == found["house_turns"] > 0


def test_the_house_serves_where_nobody_else_does_and_cannot_be_barred():
    with pytest.raises(InputError, match=r"governance.barred: found 1; allowed are models from 3 on: those before"):
        economy(**KEYS, governance__barred=[5, 1])
