"""Two arms live in one world: what differs between them is governance, never the draw; and results are a function of
configuration and seed alone."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.demand import open_demand
from sim.simulation import simulate
from tests.configs import config
from tests.founders import founders

SHORT = {"horizon_days": 0.5, "warmup_days": 0.1, "evidence__audit": 1.0}
ARMS = {
    "router": {"router__allocation": "uniform", "router__sandbox_share": 0.3},
    "dispatch": {"router__dispatch": "least_busy"},
    "governance": {"governance__strictness": 0.6},
    "retry": {"retry__retries": 0},
    "evidence": {"evidence__visibility": 1.0},
}


def attempts(c):
    log = []
    simulate(c, attempts=log.append)
    return np.concatenate(log)


@pytest.fixture(scope="module")
def baseline():
    return attempts(config(**SHORT))


@pytest.mark.parametrize("arm", ARMS)
def test_same_sessions_whatever_the_arm(arm):
    ours, theirs = open_demand(config(**SHORT)).chunks(), open_demand(config(**SHORT, **ARMS[arm])).chunks()
    for mine, other in (next(zip(ours, theirs, strict=True)) for _ in range(3)):
        assert mine[0].tobytes() == other[0].tobytes()
        assert mine[1].tobytes() == other[1].tobytes()


@pytest.mark.parametrize("arm", ARMS)
def test_same_models_whatever_the_arm(arm):
    ours, theirs = founders(config(**SHORT)), founders(config(**SHORT, **ARMS[arm]))
    assert ours.service.tobytes() == theirs.service.tobytes()


def test_same_coin_for_the_same_attempt_on_the_same_model(baseline):
    """With another router, attempts that meet the same model in the same condition end alike, and others do occur."""
    other = attempts(config(**SHORT, **ARMS["router"]))
    key = ["session", "turn", "attempt", "model", "derailed"]
    mine = {tuple(row[key]): row for row in baseline}
    both = [(mine[tuple(row[key])], row) for row in other if tuple(row[key]) in mine]
    assert 100 < len(both) < len(baseline)
    served = [(a, b) for a, b in both if max(a["outcome"], b["outcome"]) < 3]
    assert len(served) > 100
    assert all(a["outcome"] == b["outcome"] and a["drifted"] == b["drifted"] for a, b in served)
    times = [(a["ended"] - a["started"] - a["waited"], b["ended"] - b["started"] - b["waited"]) for a, b in served]
    assert all(a == b for a, b in times)


def test_first_arrivals_reach_the_network_at_the_same_times(baseline):
    other = attempts(config(**SHORT, **ARMS["router"]))

    def arrivals(log):
        first = log[(log["turn"] == 1) & (log["attempt"] == 1)]
        return dict(zip(first["session"].tolist(), first["started"].tolist(), strict=True))

    mine, theirs = arrivals(baseline), arrivals(other)
    common = mine.keys() & theirs.keys()
    assert len(common) > 0.95 * len(mine)
    assert all(mine[s] == theirs[s] for s in common)


RUN = ["horizon_days=0.2", "warmup_days=0", "output.attempts=true", "output.figures=true", "evidence.audit=1"]


def digest(tmp_path, name, hashseed, *overrides):
    out = tmp_path / name
    command = [Path(sys.executable).with_name("turnstile"), "run", *RUN, *overrides, f"hydra.run.dir={out}"]
    env = os.environ | {"PYTHONHASHSEED": hashseed}
    subprocess.run(command, env=env, check=True, capture_output=True)
    files = sorted(p for p in out.rglob("*") if p.is_file() and p.name != "provenance.json")
    assert files
    return {str(p.relative_to(out)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_same_bytes_whatever_the_engine_and_the_hash_seed(tmp_path):
    first = digest(tmp_path, "a", "1")
    assert first == digest(tmp_path, "b", "2", "engine=reference")
    assert first != digest(tmp_path, "c", "1", "seed=2")
