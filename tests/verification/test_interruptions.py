"""Interruptions: a study that is killed again and again ends with the files of one that was not"""

import multiprocessing
import os
import random
import shutil
import sys
import time
from pathlib import Path

import pytest

from scenarios.runner import pool
from scenarios.runner import store as stores
from scenarios.study.command import run_study

STUDY = """
question: Does strictness matter?
base: [horizon_days=3, warmup_days=0, demand.rate=300, population.models=6, population.developers=4,
       developers.arrivals=1]
arms: {low: [governance.strictness=0.4], high: [governance.strictness=0.8]}
guards: []
seeds: SEEDS
decisive:
  - {measure: hhi, of: high, against: low, expected: up, because: of it, smallest: 0.1, placebo: random}
"""

PROCESSES = multiprocessing.get_context("forkserver")
"""Each attempt is a process of its own, forked where everything is imported already."""


def attempt(study: Path, out: Path, workers: int) -> None:
    """``turnstile study`` with parts and batches so small that there are many moments between them."""
    os.setsid()  # its workers are of its group, so that one sees whether they end with it
    stores.CHUNK, pool.BATCH_S = 8, 0.1
    with open(os.devnull, "w") as sys.stdout:
        run_study(str(study), [], None, out, workers, None)


def begun(study: Path, out: Path, workers: int):
    process = PROCESSES.Process(target=attempt, args=(study, out, workers))
    process.start()
    return process


def alone_in_group(leader: int, patience_s: float = 60.0) -> bool:
    """Whether the processes that a dead leader started end too: those that are still importing only afterwards."""
    for _ in range(round(patience_s / 0.05)):
        try:
            os.killpg(leader, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def files(out: Path) -> dict[str, bytes]:
    """Every visible file, by its bytes."""
    visible = (path for path in sorted(out.rglob("*")) if path.is_file())
    named = {str(path.relative_to(out)): path for path in visible}
    return {name: path.read_bytes() for name, path in named.items() if not name.startswith(".")}


class TestKilled:
    """A study killed outright (SIGKILL) at random moments and resumed each time leaves the files of one that nobody
    disturbed, byte for byte.

    Broken by parts that hold what happened to be there, by a name that appears before its content, by runs that are
    done twice or lost, and by tables whose order is that in which runs end.
    """

    @pytest.fixture(scope="class", params=(1, 2), ids="{} processes".format)
    @classmethod
    def run(cls, request, form, tmp_path_factory):
        """(processes, kills, of how many the workers stayed, the files it left, those of an undisturbed study)."""
        workers, kills = request.param, form({1: 6, 2: 1}, {1: 50, 2: 10})[request.param]
        folder, chance = tmp_path_factory.mktemp("killed"), random.Random(workers)
        PROCESSES.set_forkserver_preload(["scenarios.study.command", "sim.simulation", "sim.traffic.compiled"])
        study = folder / "mine.yaml"
        study.write_text(STUDY.replace("SEEDS", str(form(12, 60))))
        whole = begun(study, folder / "whole", 1)
        whole.join()
        assert whole.exitcode == 0
        killed, stayed, starting = 0, 0, {1: 1.5, 2: 8.0}[workers]  # s until most of it is under way
        while killed < kills:
            process = begun(study, folder / "out", workers)
            process.join(chance.uniform(0, starting))
            if process.exitcode is None:
                process.kill()
                killed += 1
            else:
                shutil.rmtree(folder / "out")  # it came to its end: from the start
            process.join()
            stayed += not alone_in_group(process.pid)
        last = begun(study, folder / "out", workers)
        last.join()
        assert last.exitcode == 0
        return workers, killed, stayed, files(folder / "out"), files(folder / "whole")

    def test_same_files(self, run, law):
        workers, kills, _, found, whole = run
        same = sum(found.get(name) == content for name, content in whole.items())
        about = f"files after {kills} kills, {workers} processes"
        law.holds(about, f"{len(whole)} alike", f"{same} of {len(found)}", found == whole)

    def test_workers_end_too(self, run, law):
        workers, kills, stayed, *_ = run
        law.holds(f"kills that left a worker behind, {workers} of them", "0", f"{stayed} of {kills}", stayed == 0)
