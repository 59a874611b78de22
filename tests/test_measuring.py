"""Measures of the many runs of a store: the same as of each alone, part by part, and one line for what is no store."""

import re
import shutil
import weakref
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analysis import measuring
from analysis import store as reading
from analysis.errors import InputError
from analysis.measure import MEASURES, TWIN_MEASURES
from analysis.measuring import measure_store, measure_twins, measured
from analysis.run import Run
from scenarios.bench.measures import WANTED, fill
from scenarios.runner import store as stores
from scenarios.runner.job import Job
from scenarios.runner.pool import Crew
from scenarios.runner.running import run_jobs
from tests.economies import economy
from tests.runs import write_run

NAMES = [*MEASURES, "success_rate"]
SEEDS = range(1, 6)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A store of five small economies in three parts."""
    folder = tmp_path_factory.mktemp("kept") / "store"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stores, "CHUNK", 2)
        jobs = sorted((Job.of(economy(), seed) for seed in SEEDS), key=lambda job: job.key)
        assert run_jobs(folder, jobs, WANTED, Crew()) == 0
    return folder


@pytest.fixture
def spoilt(kept, tmp_path):
    return Path(shutil.copytree(kept, tmp_path / "store"))


@pytest.fixture(scope="module")
def replicated(tmp_path_factory):
    """(a store of one part, one of four) of the same run in six copies each."""
    folder = tmp_path_factory.mktemp("replicated")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("scenarios.bench.measures.CHUNK", 6)
        for parts in (1, 4):
            fill(folder / str(parts), economy(), seeds=1, parts=parts)
    return folder / "1", folder / "4"


@pytest.mark.parametrize("workers", [1, 2])
def test_the_measures_of_a_run_do_not_depend_on_where_it_is_kept(workers, kept, tmp_path):
    found = measure_store(kept, NAMES, workers)
    assert list(found) == NAMES
    assert len(found) == len(SEEDS)
    for seed in SEEDS:
        alone = measured(Run.read(write_run(economy(seed=seed), tmp_path / f"{workers}-{seed}")), NAMES)
        pd.testing.assert_series_equal(found.loc[Job.of(economy(), seed).key], pd.Series(alone), check_names=False)


def test_the_example_of_the_docs_runs(kept, tmp_path, monkeypatch, capsys):
    shutil.copytree(kept, tmp_path / "sweeps" / "mine")
    monkeypatch.chdir(tmp_path)
    page = (Path(__file__).parents[1] / "docs" / "running.md").read_text(encoding="utf-8")
    section = page.partition("## Measures of many")[2].partition("\n## ")[0]
    (example,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    exec(example, {})
    assert len(capsys.readouterr().out.splitlines()) == 2 + len(SEEDS)  # names, "key", and a line a run


def test_copies_of_a_run_measure_alike(replicated):
    found = measure_store(replicated[1], NAMES)
    assert found.index.is_unique
    assert len(found) == 24
    assert (found.nunique() <= 1).all()


def test_memory_is_that_of_one_part_however_many_there_are(replicated, monkeypatch):
    peaks = []
    for folder in replicated:
        held, before = [], pa.total_allocated_bytes()

        def watched(run, names, held=held, before=before):
            found = measured(run, names)
            held.append(pa.total_allocated_bytes() - before)
            return found

        monkeypatch.setattr(measuring, "measured", watched)
        measure_store(folder, NAMES)
        peaks.append(max(held))
    one, four = peaks
    assert 0 < four <= 1.1 * one


def test_a_table_is_opened_once_a_part_and_not_once_a_run(replicated, monkeypatch):
    opened = []

    class Counted(reading.Columns):
        def __init__(self, path, name):
            opened.append(path)
            super().__init__(path, name)

    monkeypatch.setattr(reading, "Columns", Counted)
    measure_store(replicated[1], NAMES)
    assert len(opened) == len(set(opened))
    assert {path.name for path in opened} == {f"part-{number:05d}.parquet" for number in range(4)}


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    """(a store of twelve runs in as many parts, the keys of six pairs of twins)."""
    folder = tmp_path_factory.mktemp("twins") / "store"
    pairs = [[Job.of(economy(governance__strictness=bar), seed) for bar in (0.5, 0.7)] for seed in range(1, 7)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stores, "CHUNK", 1)
        assert run_jobs(folder, [job for pair in pairs for job in pair], WANTED, Crew()) == 0
    return folder, [tuple(job.key for job in pair) for pair in pairs]


def test_measures_of_twins_are_those_of_the_two_runs(twins, tmp_path):
    folder, pairs = twins
    found = measure_twins([folder], [*pairs, pairs[0][::-1], ("", pairs[0][0])], [*TWIN_MEASURES])
    for row, ends in ((0, (0.5, 0.7)), (6, (0.7, 0.5))):
        runs = [Run.read(write_run(economy(governance__strictness=bar), tmp_path / f"{row}-{bar}")) for bar in ends]
        alone = {name: measure.function(*runs) for name, measure in TWIN_MEASURES.items()}
        pd.testing.assert_series_equal(found.loc[row], pd.Series(alone), check_names=False)
    assert found.loc[7].isna().all(), "one of the two is not there"


def test_few_parts_are_held_while_twins_are_measured(twins, monkeypatch):
    alive, most = weakref.WeakSet(), []

    class Watched(reading.Part):
        def __init__(self, path):
            super().__init__(path)
            alive.add(self)
            most.append(len(alive))

        __hash__ = object.__hash__

    monkeypatch.setattr(measuring, "Part", Watched)
    monkeypatch.setattr(measuring, "HELD", 3)
    folder, pairs = twins
    measure_twins([folder], pairs, [*TWIN_MEASURES])
    assert max(most) <= 3 + 1  # the new one is there before the oldest goes


def test_runs_of_two_versions(spoilt):
    path = spoilt / "runs" / "part-00001.parquet"
    pd.read_parquet(path).assign(version="0.0.1").to_parquet(path)
    with pytest.raises(InputError, match=r"found runs of versions \S+ \(runs/part-00000\.parquet\) and 0\.0\.1 "
                       r"\(runs/part-00001\.parquet\); allowed is one version in a folder") as said:  # fmt: skip
        measure_store(spoilt, NAMES)
    assert "\n" not in str(said.value)


def test_a_table_that_is_no_study_s(spoilt):
    path = spoilt / "runs" / "part-00001.parquet"
    pd.DataFrame({"city": ["x"]}).to_parquet(path)
    with pytest.raises(InputError, match=r"runs/part-00001\.parquet: has no column 'version'"):
        measure_store(spoilt, NAMES)


def test_a_misspelt_measure_is_refused_with_the_nearest_name(kept):
    with pytest.raises(InputError, match=r"gini\.turn\.model: no such measure \(is 'gini\.turns\.model' meant") as said:
        measure_store(kept, ["gini.turn.model"])
    assert "\n" not in str(said.value)


def test_what_is_no_store(tmp_path):
    with pytest.raises(InputError, match="not the folder of a study"):
        measure_store(tmp_path, NAMES)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("table", ["models", "runs", "standings"])
def test_a_truncated_part(table, workers, spoilt):
    path = spoilt / table / "part-00001.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match=rf"{table}/part-00001\.parquet: cannot be read: ") as said:
        measure_store(spoilt, NAMES, workers)
    assert "\n" not in str(said.value)


def test_a_missing_part(spoilt):
    (spoilt / "ideas" / "part-00002.parquet").unlink()
    with pytest.raises(InputError, match=r"ideas/part-00002\.parquet: cannot be read: "):
        measure_store(spoilt, NAMES)


def test_a_part_of_another_version(spoilt):
    path = spoilt / "models" / "part-00000.parquet"
    pd.read_parquet(path).drop(columns="revenue").to_parquet(path)
    with pytest.raises(InputError, match=r"part-00000\.parquet: has no column 'revenue'; this version writes one"):
        measure_store(spoilt, NAMES)


@pytest.mark.parametrize(("table", "column"), [("models", "revenue"), ("runs", "success_rate")])
def test_a_part_with_a_number_that_is_not_finite(table, column, spoilt):
    path = spoilt / table / "part-00001.parquet"
    pd.read_parquet(path).assign(**{column: np.inf}).to_parquet(path)
    with pytest.raises(InputError, match=rf"part-00001\.parquet: column '{column}' holds inf; allowed are finite"):
        measure_store(spoilt, NAMES)


def test_a_run_whose_rows_are_torn_apart(spoilt):
    path = spoilt / "models" / "part-00000.parquet"
    rows = pd.read_parquet(path)
    rows.iloc[np.roll(np.arange(len(rows)), 1)].to_parquet(path)
    with pytest.raises(InputError, match=r"part-00000\.parquet: the rows of a run do not stand together"):
        measure_store(spoilt, NAMES)
