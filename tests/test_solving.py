"""Solving: roots of what is dear to evaluate, and guards that rest on them."""

import math

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scenarios.runner.pool import Crew
from scenarios.study import solving
from scenarios.study.definition import SHARE, read
from scenarios.study.plan import points
from scenarios.study.root import illinois, in_step
from scenarios.study.solving import SEEDS, STEPS, TOLERANCE, Solver, points_solved, solve


@given(st.floats(0.05, 0.95), st.floats(1, 30), st.floats(0.02, 0.98))
def test_a_search_comes_as_near_as_bisection_would(middle, steep, share):
    def falling(x):
        return 1 / (1 + math.exp(steep * (x - middle))) - share

    x, value = in_step({"one": illinois(-1, 2, 25)}, lambda asked: {"one": falling(asked["one"])})["one"]
    assert value == falling(x)
    if falling(-1) * falling(2) < 0:
        assert abs(value) < 1e-3
    else:
        assert x in (-1, 2)


def test_searches_go_in_step_and_end_each_by_itself():
    asked = []

    def evaluate(at):
        asked.append(sorted(at))
        return {name: x - {"near": 0.5, "far": 0.9, "out": 5}[name] ** 3 for name, x in at.items()}

    found = in_step({name: illinois(0, 1, 3) for name in ("near", "far", "out")}, evaluate)
    assert asked[:2] == [["far", "near", "out"]] * 2
    assert found["near"] == (0.125, 0)
    assert found["out"] == (1, 1 - 125)
    assert max(map(len, asked)) == 3
    assert len(asked) <= 2 + 3


STUDY = {
    "question": "Does stake matter?",
    "base": ["horizon_days=20", "warmup_days=0", "demand.rate=500", "population.models=20", "population.developers=20",
             "developers.arrivals=4", "stake.exposure=[ejection,rejection]", "governance.sandbox_strictness=0.5"],
    "arms": {"without": ["stake.sigma=0"], "with": ["stake.sigma=1"], "far": ["stake.sigma=1", "stake.n_c=4000"]},
    "guards": ["matched", "lump_sum"],
    "decisive": [{"measure": "success_rate", "of": arm, "against": "without", "expected": "none", "because": "of it",
                  "smallest": 0.1} for arm in ("with", "far")],
}  # fmt: skip


def written(path, said):
    path.write_text(yaml.safe_dump(said, sort_keys=False))
    return read(str(path))


@pytest.fixture
def study(tmp_path):
    return written(tmp_path / "mine.yaml", STUDY)


class Known(Solver):
    """Shares admitted by a formula in place of runs."""

    def means(self, worlds, measures):
        def share(config):
            boost = 0.3 if config.stake.n_c > 40 else 0.05 * config.stake.sigma
            return 0.5 - 2 * (config.governance.strictness - boost - 0.66)

        rows = {name: {SHARE: share(config), "slashed": 300.0, "submissions": 4.0} for name, config in worlds.items()}
        return pd.DataFrame.from_dict(rows, orient="index")[list(measures)]


def test_strictness_is_such_that_as_many_are_admitted_and_what_cannot_be_is_said(study, tmp_path):
    solved = {(row.guard, row.arm): row for row in solve(Known(study, (), tmp_path, Crew()))}
    first, near, far = (solved["matched", arm] for arm in study.arms.overrides)
    assert (first.value, first.found, first.note) == (0.66, first.target, "")
    assert near.value == pytest.approx(0.71, abs=TOLERANCE / 2)  # the share falls by 2 a unit of strictness
    assert near.reached
    assert far.value == pytest.approx(0.66 + solving.REACH)
    assert far.note == "arm far is not matched: 0.700, not 0.500"


def test_a_lump_sum_takes_what_slashing_took(study, tmp_path):
    solver = Known(study, (), tmp_path, Crew())
    solved = [row for row in solve(solver) if row.guard == "lump_sum"]
    assert {row.value for row in solved} == {150 + 300 / 4}
    for point in points_solved(solver, solved):
        assert point.config.gauntlet.fee == 225
        assert point.config.stake.slashing == "none"


def test_a_small_world_is_matched_and_solving_again_runs_nothing(tmp_path, monkeypatch):
    arms = {name: STUDY["arms"][name] for name in ("without", "with")}
    study = written(tmp_path / "mine.yaml", STUDY | {"arms": arms, "decisive": STUDY["decisive"][:1]})
    solver = Solver(study, (), tmp_path, Crew())
    solved = solve(solver)
    runs = pd.read_parquet(tmp_path / "solving" / "runs")
    assert {*runs["seed"]} == {*SEEDS}
    assert len(runs) <= len(SEEDS) * (1 + 2 + STEPS + 1)
    by = {(row.guard, row.arm): row for row in solved}
    _, raw = (point.config for point in points(study))
    there = solver.means({"raw": raw}, [SHARE]).loc["raw", SHARE]
    with_stake = by["matched", "with"]
    assert with_stake.reached
    assert abs(with_stake.found - with_stake.target) <= TOLERANCE < abs(there - with_stake.target)
    assert (runs["slashed"] > 0).any()
    assert all(by["lump_sum", arm].value > 150 for arm in arms)
    monkeypatch.setattr("scenarios.runner.running.batches", lambda *_: pytest.fail("something was run"))
    assert solve(solver) == solved
