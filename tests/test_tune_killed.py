"""A tuning that is killed at random moments and resumed: nothing lost, nothing doubled, the same front."""

import multiprocessing
import random
import shutil
import time
from pathlib import Path

import pandas as pd
import pytest

from tests.tunings import PLANTED, attempt, slowly

PROCESSES = multiprocessing.get_context("forkserver")
"""Each attempt is a process of its own, forked where everything is imported already."""

TABLES = ("trials", "fresh", "settings", "front", "recommended", "compared", "importance")


def begun(file: Path, out: Path):
    process = PROCESSES.Process(target=attempt, args=(file, out, slowly))
    process.start()
    return process


@pytest.mark.parametrize(("sampler", "kills"), [
    ("nsga2", 4), pytest.param("nsga2", 20, marks=pytest.mark.long), pytest.param("tpe", 20, marks=pytest.mark.long),
])  # fmt: skip
def test_a_killed_tuning_ends_as_one_that_nobody_disturbed(sampler, kills, tmp_path):
    PROCESSES.set_forkserver_preload(["scenarios.tune.command", "tests.tunings"])
    file, chance = tmp_path / "planted.yaml", random.Random(kills)
    said = PLANTED.replace("trials: 60", f"trials: {10 * kills}\nsampler: {sampler}")
    file.write_text(said.replace("batch: 20", "batch: 10"))
    started = time.monotonic()
    whole = begun(file, tmp_path / "whole")
    whole.join()
    assert whole.exitcode == 0
    lasts, killed = time.monotonic() - started, 0
    while killed < kills:
        process = begun(file, tmp_path / "out")
        process.join(chance.uniform(0.2, 0.7) * lasts)  # past its start, and before its end
        if process.exitcode is None:
            process.kill()
            process.join()
            killed += 1
        else:  # what was there let it end: the next begins anew
            assert process.exitcode == 0
            assert_same(tmp_path, 10 * kills)
            shutil.rmtree(tmp_path / "out")
    last = begun(file, tmp_path / "out")
    last.join()
    assert last.exitcode == 0
    assert_same(tmp_path, 10 * kills)


def assert_same(folder: Path, trials: int) -> None:
    """The tables in ``out`` are those in ``whole``, with every trial of both searches once."""
    for name in (f"{table}.parquet" for table in TABLES):
        assert (folder / "out" / name).read_bytes() == (folder / "whole" / name).read_bytes()
    found = pd.read_parquet(folder / "out" / "trials.parquet")
    assert found.groupby("search")["trial"].apply(list).tolist() == [list(range(trials))] * 2
