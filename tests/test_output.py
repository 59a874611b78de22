"""A run's folder is whole or not there at all, and its bytes depend on its values alone."""

import json
import os
import resource
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.config import parse
from sim.errors import InputError
from sim.output import attempts
from sim.output.attempts import AttemptLog
from sim.output.folder import RunFolder, make_folder
from sim.output.provenance import provenance
from sim.output.tables import write_json, write_table
from sim.records import ATTEMPT, CLASSES, Outcome
from tests.faked import simulate
from tests.test_config import DEFAULTS

CONFIG = parse(DEFAULTS)
NOW = datetime.now(UTC)


def write_run(target: Path, config=CONFIG) -> list[Path]:
    with RunFolder(target) as folder:
        with AttemptLog(folder / "attempts.parquet") as log:
            folder.write(simulate(config, attempts=log.append), NOW)
        return folder.publish()


def left_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def some_attempts(n: int) -> np.ndarray:
    rows = np.zeros(n, ATTEMPT)
    rows["session"] = np.arange(n)
    rows["klass"] = np.arange(n) % len(CLASSES)
    rows["outcome"] = np.arange(n) % len(Outcome)
    rows["ended"] = np.sqrt(np.arange(n))
    return rows


def test_two_runs_differ_in_provenance_alone_whatever_the_engine(tmp_path):
    first = write_run(tmp_path / "a")
    second = write_run(tmp_path / "b", replace(CONFIG, engine="reference"))
    assert [f.name for f in first] == [f.name for f in second]
    differ = [f.name for f, g in zip(first, second, strict=True) if f.read_bytes() != g.read_bytes()]
    assert differ == ["provenance.json"]


def test_provenance_says_what_the_configuration_must_not():
    found = provenance(CONFIG, NOW)
    assert (found["engine"], found["seed"]) == (CONFIG.engine, CONFIG.seed)
    assert found["wall_time_s"] >= 0
    assert {"numpy", "numba", "simpy"} <= found["libraries"].keys()


def test_leaving_without_publishing_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt), RunFolder(tmp_path / "deep" / "run") as folder:
        (folder / "summary.json").write_text("{}")
        raise KeyboardInterrupt
    assert left_in(tmp_path) == []


def test_a_folder_that_holds_something_is_refused_and_kept(tmp_path):
    write_run(tmp_path / "run")
    before = left_in(tmp_path)
    with pytest.raises(InputError, match="already holds a run"):
        write_run(tmp_path / "run")
    assert left_in(tmp_path) == before


def test_of_two_runs_into_one_folder_the_second_to_finish_gives_way(tmp_path):
    with RunFolder(tmp_path / "run") as slow:
        slow.write(simulate(CONFIG), NOW)
        write_run(tmp_path / "run")
        before = left_in(tmp_path / "run")
        with pytest.raises(InputError, match="another run was first"):
            slow.publish()
    assert left_in(tmp_path / "run") == before
    assert os.listdir(tmp_path) == ["run"]


def aged(folder: Path) -> Path:
    os.utime(folder, (0, 0))
    return folder


def test_what_a_killed_run_left_is_removed_by_the_next_one(tmp_path):
    code = "import os, sys; from pathlib import Path; from sim.output.hidden import HiddenFolder\n"
    code += "(HiddenFolder(Path(sys.argv[1])).path / 'half').touch(); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", code, tmp_path], check=False)
    (dead,) = tmp_path.iterdir()
    write_run(tmp_path / "soon")
    assert dead.exists()  # too young to be told from one that is being made
    aged(dead)
    write_run(tmp_path / "later")
    assert sorted(os.listdir(tmp_path)) == ["later", "soon"]


def test_what_others_are_writing_is_left_alone(tmp_path):
    strangers = [tmp_path / name for name in (".turnstile-elsewhere-12ab34cd", ".other")]
    for folder in strangers:
        folder.mkdir()
        aged(folder)
    with RunFolder(tmp_path / "slow") as slow:
        aged(slow.hidden)
        write_run(tmp_path / "quick")
        slow.write(simulate(CONFIG), NOW)
        slow.publish()
    assert sorted(os.listdir(tmp_path)) == sorted(["quick", "slow", *(folder.name for folder in strangers)])


@pytest.mark.parametrize("place", ["/dev/null/run", "/proc/run", "x" * 300, "nul\0byte"])
def test_a_folder_that_cannot_be_made_is_named(place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"hydra\.run\.dir"):
        make_folder(tmp_path / "made" / "on the way" / place)
    assert left_in(tmp_path) == []


@contextmanager
def small_disk(size: int):
    """No file may grow beyond ``size`` bytes: a disk that is full, without filling one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_refuses_more_ends_the_run_in_one_line(tmp_path):
    noise = np.random.default_rng(1).random(10_000)
    with small_disk(4096):
        with pytest.raises(InputError, match=r"a\.json: cannot be written: File too large"):
            write_json({"a": "b" * 10_000}, tmp_path / "a.json")
        with pytest.raises(InputError, match=r"b\.parquet: cannot be written: File too large"):
            write_table(pd.DataFrame({"a": noise}), tmp_path / "b.parquet")
        too_large = pytest.raises(InputError, match=r"c\.parquet: cannot be written: File too large")
        with too_large, RunFolder(tmp_path / "run") as folder, AttemptLog(folder / "c.parquet") as log:
            log.append(some_attempts(300_000))
    assert not (tmp_path / "run").exists()


@settings(max_examples=20)
@given(cuts=st.lists(st.integers(0, 2500), max_size=8))
def test_the_attempt_log_does_not_depend_on_how_it_was_appended(cuts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("log")
    rows = some_attempts(2500)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attempts, "ROW_GROUP", 1000)
        for name, parts in {"whole": [rows], "parts": np.split(rows, sorted(cuts))}.items():
            with AttemptLog(folder / name) as log:
                for part in parts:
                    log.append(part)
    assert (folder / "whole").read_bytes() == (folder / "parts").read_bytes()
    assert pq.ParquetFile(folder / "whole").metadata.num_row_groups == 3


def test_the_attempt_log_holds_what_was_appended_in_words(tmp_path):
    rows = some_attempts(10)
    with AttemptLog(tmp_path / "log") as log:
        log.append(rows)
        rows["session"] = -1  # the log has its own copy
    frame = pd.read_parquet(tmp_path / "log")
    assert list(frame.columns) == list(ATTEMPT.names)
    assert list(frame["session"]) == list(range(10))
    assert list(frame["outcome"][:5]) == ["good", "bad", "unnoticed", "timeout", "rejected"]
    assert list(frame["klass"][:3]) == list(CLASSES)
    assert frame["derailed"].dtype == bool


def test_tables_have_plain_types_and_nulls_whatever_pandas_holds(tmp_path):
    frame = pd.DataFrame({"n": np.array([1, 2], "u1"), "x": [0.5, np.nan], "name": ["a", None], "none": [None, None],
                          "kind": pd.Categorical(["u", "v"]), "yes": [True, False]}, index=[7, 9])
    write_table(frame, tmp_path / "t.parquet")
    table = pq.read_table(tmp_path / "t.parquet")
    assert [str(f.type) for f in table.schema] == ["int64", "double", "string", "string", "string", "bool"]
    assert table["x"].to_pylist() == [0.5, None]
    assert table.schema.metadata is None


@pytest.mark.parametrize("bad", [np.inf, -np.inf])
def test_infinity_never_enters_a_result(bad, tmp_path):
    with pytest.raises(ValueError, match=r"t\.x"):
        write_table(pd.DataFrame({"x": [1.0, bad]}), tmp_path / "t.parquet")
    with pytest.raises(ValueError, match=r"s\.x"):
        write_json({"x": bad}, tmp_path / "s.json")


def test_the_summary_keeps_its_order_and_has_null_for_nan(tmp_path):
    write_json({"z": np.float64("nan"), "a": np.int64(3), "list": np.array([1.5, np.nan])}, tmp_path / "s.json")
    text = (tmp_path / "s.json").read_text()
    assert list(json.loads(text).items()) == [("z", None), ("a", 3), ("list", [1.5, None])]
