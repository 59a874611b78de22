"""The store by itself: whatever comes in whatever order, its files are those of the set of runs."""

import math
import tempfile
from importlib import metadata
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.errors import InputError as TableError
from analysis.store import parts
from scenarios.runner import journal, part
from scenarios.runner import store as stores
from scenarios.runner.part import together
from scenarios.runner.pool import Crew
from scenarios.runner.running import run_jobs
from scenarios.runner.store import Store
from sim.errors import InputError
from sim.output.provenance import DISTRIBUTION
from tests.test_runner import WANTED, files, jobs

KEYS = st.integers(0, 16)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(stores, "CHUNK", 4)
    for module in (part, journal):
        monkeypatch.setattr(module, "sync", lambda path: None)  # nobody pulls the plug


def run(number: int, version: str = metadata.version(DISTRIBUTION)) -> dict[str, pa.Table]:
    """The tables of a run: ``models`` has as many rows as the number says, down to none, and nulls in every fifth."""
    key, rows = f"{number:03d}", number % 4
    day = pa.array([number / 2 if number % 5 else None] * rows, pa.float64())
    models = {"key": pa.array([key] * rows, pa.string()), "model": pa.array(range(rows), pa.int64()), "left_day": day}
    return {"runs": pa.table({"key": [key], "seed": [number], "version": [version]}), "models": pa.table(models)}


def fill(folder: Path, studies: list[tuple[set[int], list[list[int]]]]) -> None:
    """Each study expects some runs, and is given batches of them; then it stops, and the next one comes."""
    for expected, batches in studies:
        store = Store(folder)
        store.expect(f"{number:03d}" for number in expected)
        for batch in batches:
            missing = sorted({*batch} - {int(key) for key in store.keys})
            if missing:
                store.add(together(map(run, missing)))
        store.close()


@st.composite
def studies(draw):
    """Studies of some runs each, of which any may be given before it stops; the last is given all that is missing."""
    found, every = [], set()
    for last in [False] * draw(st.integers(0, 4)) + [True]:
        expected = draw(st.sets(KEYS, min_size=1))
        every |= expected
        order = draw(st.permutations(sorted(every if last else expected)))
        order = order if last else order[: draw(st.integers(0, len(order)))]
        size = draw(st.integers(1, 9))
        found.append((every if last else expected, [order[i : i + size] for i in range(0, len(order), size)]))
    return found, every


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(studies())
def test_the_files_depend_on_the_set_of_runs_alone(drawn):
    found, every = drawn
    with tempfile.TemporaryDirectory() as folder:
        once, often = Path(folder) / "once", Path(folder) / "often"
        fill(often, found)
        fill(once, [(every, [sorted(every)])])
        assert files(often) == files(once)
        assert not list((often / ".journal").iterdir())
        days = pd.read_parquet(once / "models").set_index("key").left_day
        rows = {number: number % 4 for number in sorted(every)}
        wanted = [number / 2 if number % 5 else math.nan for number in rows for _ in range(rows[number])]
        assert days.tolist() == pytest.approx(wanted, nan_ok=True)


def test_what_failed_keeps_the_others_from_no_part(tmp_path):
    store = Store(tmp_path)
    store.expect(["000", "001", "002", "003", "004", "005"])
    store.add(together(map(run, (0, 2, 3, 4, 5))))
    store.settle()
    assert [pq.read_table(path)["seed"].to_pylist() for path in parts(tmp_path)] == [[0, 2, 3, 4], [5]]


def test_a_folder_with_runs_of_another_version_is_refused_when_it_is_opened(tmp_path):
    part.write_part(tmp_path, "part-00000", run(1, "0.0.1"))
    with pytest.raises(InputError, match=r"found runs of version 0\.0\.1 \(runs/part-00000.parquet\); allowed is"):
        Store(tmp_path)
    assert not (tmp_path / ".lock").exists()


def test_other_tables_than_those_of_its_runs_are_refused(tmp_path):
    run_jobs(tmp_path, jobs(2), WANTED, Crew())
    with pytest.raises(InputError, match="its runs have the tables ideas, models; found models; allowed are the same"):
        run_jobs(tmp_path, jobs(3), ("models",), Crew())


@pytest.mark.parametrize("share", [0.01, 0.6])
def test_a_journal_that_was_damaged_is_one_line(share, tmp_path):
    fill(tmp_path, [({0, 1, 2, 3}, [[1]])])
    (entry,) = (tmp_path / ".journal").iterdir()
    whole = entry.read_bytes()
    entry.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(TableError, match=rf"{entry.name}: cannot be read"):
        fill(tmp_path, [({0, 1, 2, 3}, [[0, 2, 3]])])
