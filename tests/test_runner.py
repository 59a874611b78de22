"""The runner of many runs: what is done is kept, what fails is on record, and interruptions leave no trace."""

import json
import os
import sys
from dataclasses import replace

import pandas as pd
import pytest

from scenarios.runner import job
from scenarios.runner import store as stores
from scenarios.runner.job import Job
from scenarios.runner.pool import Crew
from scenarios.runner.running import run_jobs
from scenarios.runner.store import Store
from sim.errors import InputError
from tests.economies import economy

WANTED = ("models", "ideas")
SHORT = dict(horizon_days=4, warmup_days=0, demand__rate=100)


def jobs(seeds=6, **keys):
    return sorted((Job.of(economy(**SHORT | keys), seed) for seed in range(1, seeds + 1)), key=lambda job: job.key)


def files(folder):
    """Every visible file of a store, by its bytes."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*.parquet"))
            if ".journal" not in p.parts}  # fmt: skip


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(stores, "CHUNK", 4)


class TestKeys:
    def test_a_key_depends_on_configuration_and_seed_and_not_on_the_engine(self):
        base = economy()
        keys = {Job.of(config, seed).key for config in (base, economy(governance__strictness=0.7)) for seed in (1, 2)}
        assert len(keys) == 4
        assert Job.of(replace(base, engine="reference"), 1).key == Job.of(base, 1).key
        assert Job.of(replace(base, seed=9), 1).key == Job.of(base, 1).key

    def test_a_trace_counts_by_what_is_in_it(self, tmp_path):
        keys = []
        for name, row in (("a", "0.5,10,10"), ("b", "0.5,10,10"), ("c", "0.6,10,10")):
            path = tmp_path / f"{name}.csv"
            path.write_text(f"t_s,context_tokens,generated_tokens\n{row}\n")
            config = economy()
            keys.append(Job.of(replace(config, demand=replace(config.demand, kind="trace", path=str(path))), 1).key)
        assert len(set(keys)) == 3  # the path stands in the configuration
        with path.open("a") as file:
            file.write("0.7,10,10\n")

    def test_a_rule_of_ones_own_counts_by_what_is_in_its_file(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        config, keys = economy(router__allocation="kept_apart:evenly"), []
        for line in ("return evidence.good * 0 + 1", "return evidence.good * 0 + 1", "return evidence.good"):
            (tmp_path / "kept_apart.py").write_text(f"def evenly(evidence, catalogue):\n    {line}\n")
            job._digest.cache_clear()  # as in another process
            keys.append(Job.of(config, 1).key)
        assert keys[0] == keys[1] != keys[2]


class TestStore:
    def test_a_second_time_nothing_is_left_to_do(self, tmp_path, monkeypatch):
        assert run_jobs(tmp_path, jobs(), WANTED, Crew()) == 0
        before = files(tmp_path)
        monkeypatch.setattr("scenarios.runner.running.batches", lambda *_: pytest.fail("something was run"))
        assert run_jobs(tmp_path, jobs(), WANTED, Crew()) == 0
        assert files(tmp_path) == before

    def test_the_files_depend_on_the_set_of_runs_alone(self, tmp_path):
        whole, piecemeal = tmp_path / "whole", tmp_path / "piecemeal"
        run_jobs(whole, jobs(), WANTED, Crew())
        run_jobs(piecemeal, jobs(seeds=3), WANTED, Crew())
        run_jobs(piecemeal, jobs(seeds=5), WANTED, Crew())
        run_jobs(piecemeal, jobs(), WANTED, Crew())
        assert files(piecemeal) == files(whole)
        assert not os.listdir(piecemeal / ".journal")

    def test_pandas_reads_it_with_one_call(self, tmp_path):
        run_jobs(tmp_path, jobs(), WANTED, Crew())
        runs, models = pd.read_parquet(tmp_path / "runs"), pd.read_parquet(tmp_path / "models")
        assert runs["key"].tolist() == [job.key for job in jobs()]
        assert models.groupby("key")["turns_ok"].sum().loc[runs["key"]].tolist() == runs["turns_ok"].tolist()
        assert json.loads(runs["config"][0])["demand"]["rate"] == 100

    def test_two_at_once_are_refused(self, tmp_path):
        held = Store(tmp_path)
        with pytest.raises(InputError, match="another process is writing"):
            Store(tmp_path)
        held.close()
        Store(tmp_path).close()

    def test_a_part_without_its_runs_does_not_count(self, tmp_path):
        run_jobs(tmp_path, jobs(), WANTED, Crew())
        before = files(tmp_path)
        (tmp_path / "runs" / "part-00000.parquet").unlink()
        run_jobs(tmp_path, jobs(), WANTED, Crew())
        assert files(tmp_path) == before


def test_a_failure_is_on_record_and_does_not_stop_the_others(tmp_path, monkeypatch):
    bad = jobs()[2]
    real = sys.modules["sim.simulation"].simulate

    def simulate(config):
        if config.seed == bad.config.seed:
            raise RuntimeError("no luck")
        return real(config)

    monkeypatch.setattr("sim.simulation.simulate", simulate)
    assert run_jobs(tmp_path, jobs(), WANTED, Crew()) == 1
    (record,) = (tmp_path / "failures").iterdir()
    said = json.loads(record.read_text())
    assert record.stem == bad.key and said["seed"] == bad.config.seed
    assert "RuntimeError: no luck" in said["traceback"]
    monkeypatch.setattr("sim.simulation.simulate", real)
    assert run_jobs(tmp_path, jobs(), WANTED, Crew()) == 0
    assert not (tmp_path / "failures").exists()
    assert len(pd.read_parquet(tmp_path / "runs")) == len(jobs())


def test_a_cluster_that_does_not_answer_gets_one_line_and_leaves_what_is_there(tmp_path):
    run_jobs(tmp_path, jobs(seeds=3), WANTED, Crew())
    before = files(tmp_path)
    with pytest.raises(InputError, match="does not answer"):
        run_jobs(tmp_path, jobs(), WANTED, Crew(cluster="tcp://127.0.0.1:1"))
    assert files(tmp_path) == before
