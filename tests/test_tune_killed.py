"""A tuning that is killed at random moments and resumed: nothing lost, nothing doubled, the same front."""

import multiprocessing
import random
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
    file.write_text(PLANTED.replace("trials: 60", f"trials: {10 * kills}\nsampler: {sampler}").replace("20", "10"))
    started = time.monotonic()
    whole = begun(file, tmp_path / "whole")
    whole.join()
    assert whole.exitcode == 0
    lasts, killed = time.monotonic() - started, 0
    while killed < kills:
        process = begun(file, tmp_path / "out")
        process.join(chance.uniform(0.2, 0.7) * lasts)  # past its start, and before what is there lets it end early
        if process.exitcode is None:
            process.kill()
            killed += 1
        process.join()
    last = begun(file, tmp_path / "out")
    last.join()
    assert last.exitcode == 0
    for name in (f"{table}.parquet" for table in TABLES):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    trials = pd.read_parquet(tmp_path / "out" / "trials.parquet")
    assert trials.groupby("search")["trial"].apply(list).tolist() == [list(range(10 * kills))] * 2
