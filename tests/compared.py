"""Two runs of one world and one of another, to be compared and to be spoilt."""

import shutil
from pathlib import Path

import pytest

from tests.economies import economy
from tests.runs import write_run


@pytest.fixture(name="ran", scope="module")
def finished(tmp_path_factory):
    """Folder with two runs of one world, ``base`` and ``strict``, and one of another, ``other``."""
    folder = tmp_path_factory.mktemp("compare")
    write_run(economy(), folder / "base")
    write_run(economy(governance__strictness=0.7), folder / "strict")
    write_run(economy(seed=2), folder / "other")
    return folder


@pytest.fixture(name="runs")
def copies(ran, tmp_path):
    """The same in the current folder, to be spoilt."""
    for run in ran.iterdir():
        shutil.copytree(run, tmp_path / run.name)


def refused(turnstile, *words, out="out.parquet"):
    """The one line with which the command refuses; nothing is printed, written or left behind."""
    before = sorted(map(str, Path().rglob("*")))
    code, printed, error = turnstile("compare", *words, *(("--out", out) if out else ()))
    assert (code, printed) == (2, "")
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    assert sorted(map(str, Path().rglob("*"))) == before
    return error
