"""Dask: whoever does the runs, the files are the same; a worker that dies costs nothing, a failure is on record."""

import contextlib
import json
import os
import signal
import threading
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import dask
import distributed
import pytest

from scenarios.runner import pool
from scenarios.runner import store as stores
from scenarios.runner.pool import Crew
from scenarios.runner.running import run_jobs
from scenarios.runner.work import Outcome, work
from sim.errors import InputError
from tests.clusters import cluster, worker
from tests.test_runner import WANTED, files, jobs

SEEDS = 14


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Small parts, and small batches that leave some for all."""
    monkeypatch.setattr(stores, "CHUNK", 4)
    monkeypatch.setattr(pool, "BATCH_S", 0.05)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The files that this process alone leaves."""
    folder = tmp_path_factory.mktemp("alone")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stores, "CHUNK", 4)
        assert run_jobs(folder, jobs(SEEDS), WANTED, Crew()) == 0
    return files(folder)


def slowly(coordinator: int, told: Path, todo, wanted):
    """What a worker does, long enough to be killed at it; ``told`` is to hold the process of the first."""
    if os.getpid() != coordinator:
        with contextlib.suppress(FileExistsError), told.open("x") as file:
            file.write(str(os.getpid()))
        time.sleep(0.2)
    return work(todo, wanted)


@contextmanager
def killed_at_work(told: Path):
    """What to have done by workers of whom the first is killed while it is at it."""
    dead = []

    def kill():
        while not (told.exists() and told.read_text()):
            time.sleep(0.01)
        os.kill(int(told.read_text()), signal.SIGKILL)
        dead.append(int(told.read_text()))

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    yield partial(slowly, os.getpid(), told)
    assert dead


def fails_at_seed_3(todo, wanted):
    """A run that raises, among others that do not."""
    found = work([job for job in todo if job.config.seed != 3], wanted)
    return found + [Outcome(job.key, {}, "Traceback: no luck\n", 0.1) for job in todo if job.config.seed == 3]


def dies_at_seed_3(todo, wanted):
    """A run that takes its worker with it."""
    if any(job.config.seed == 3 for job in todo):
        os.kill(os.getpid(), signal.SIGKILL)
    return work(todo, wanted)


def failures(folder: Path) -> list[dict]:
    return [json.loads(path.read_text()) for path in (folder / "failures").glob("*.json")]


def test_a_scheduler_and_two_workers_leave_the_same_files(tmp_path, alone):
    with cluster(tmp_path, 2) as (address, _), Crew(cluster=address) as crew:
        assert run_jobs(tmp_path / "out", jobs(SEEDS), WANTED, crew) == 0
    assert files(tmp_path / "out") == alone


def test_of_a_scheduler_a_worker_is_killed_at_work_and_nothing_is_lost(tmp_path, alone):
    with cluster(tmp_path, 2) as (address, staff):
        with killed_at_work(tmp_path / "told") as do, Crew(cluster=address) as crew:
            assert run_jobs(tmp_path / "out", jobs(SEEDS), WANTED, crew, do) == 0
        assert sorted(process.poll() is None for process in staff) == [False, True]
    assert files(tmp_path / "out") == alone


def test_of_local_processes_one_is_killed_at_work_and_nothing_is_lost(tmp_path, alone):
    with killed_at_work(tmp_path / "told") as do, Crew(2) as crew:
        assert run_jobs(tmp_path / "out", jobs(SEEDS), WANTED, crew, do) == 0
    assert files(tmp_path / "out") == alone


def test_one_crew_does_all_that_a_command_runs(tmp_path, alone, monkeypatch):
    started, real = [], pool._client
    monkeypatch.setattr(pool, "_client", lambda *who: started.append(who) or real(*who))
    with Crew(2) as crew:
        for name in ("steps", "study"):
            assert run_jobs(tmp_path / name, jobs(SEEDS), WANTED, crew) == 0
    assert started == [(2, None)]
    assert files(tmp_path / "steps") == files(tmp_path / "study") == alone


def test_a_killed_process_that_a_busy_machine_buries_late_spoils_nothing(tmp_path, alone, monkeypatch):
    real = distributed.Nanny.kill

    async def late(self, timeout, reason):
        await real(self, timeout, reason)
        raise TimeoutError

    monkeypatch.setattr(distributed.Nanny, "kill", late)
    with Crew(2) as crew:
        assert run_jobs(tmp_path / "out", jobs(SEEDS), WANTED, crew) == 0
    assert files(tmp_path / "out") == alone


def test_a_run_that_fails_is_on_record_and_the_others_are_done(tmp_path, alone):
    with Crew(2) as crew:
        assert run_jobs(tmp_path, jobs(SEEDS), WANTED, crew, fails_at_seed_3) == 1
    (record,) = failures(tmp_path)
    assert record["seed"] == 3 and record["config"]["demand"]["rate"] == 100
    assert record["traceback"] == "Traceback: no luck\n"
    assert run_jobs(tmp_path, jobs(SEEDS), WANTED, Crew()) == 0
    assert not failures(tmp_path)
    assert files(tmp_path) == alone


def test_a_run_that_kills_its_workers_is_named(tmp_path):
    todo = jobs(8)
    todo.sort(key=lambda job: job.config.seed == 3)  # not the first, which this process does itself
    at_once = dask.config.set({"distributed.scheduler.allowed-failures": 0})  # lost at once, not at the fourth
    with at_once, Crew(2) as crew:
        assert run_jobs(tmp_path, todo, WANTED, crew, dies_at_seed_3) == 1
    (record,) = failures(tmp_path)
    assert record["seed"] == 3 and "killed its workers" in record["traceback"]


def test_a_worker_of_other_sources_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(pool, "fingerprint", lambda: "others")
    refused = pytest.raises(InputError, match="runs other sources")
    with cluster(tmp_path, 1) as (address, _), refused, Crew(cluster=address) as crew:
        run_jobs(tmp_path / "out", jobs(2), WANTED, crew)


def test_a_worker_that_comes_later_takes_its_part(tmp_path, capsys):
    with cluster(tmp_path, 0) as (address, staff):
        late = threading.Timer(1.0, lambda: staff.append(worker(address, tmp_path)))
        late.start()
        with Crew(cluster=address) as crew:
            assert run_jobs(tmp_path / "out", jobs(4), WANTED, crew) == 0
    assert "has no worker yet" in capsys.readouterr().err
