"""``turnstile compare``: twins measure by measure, one line for what are none, and nothing half-written."""

import errno
import json
import os
from pathlib import Path

import pandas as pd
import pytest
import yaml

import analysis.measures  # noqa: F401  fills the registries
from analysis.columns import columns
from analysis.measure import MEASURES, TWIN_MEASURES
from analysis.run import Run
from tests.compared import copies, finished, refused  # noqa: F401  (the fixture `runs`, of `ran`)
from tests.economies import economy
from tests.faked import command  # noqa: F401  (the fixture `turnstile`)
from tests.runs import write_run


def test_every_measure_of_both_is_written_with_its_difference(turnstile, runs):
    code, printed, error = turnstile("compare", "base", "strict", "--out", "deep/out.parquet")
    assert (code, error) == (0, "")
    found = pd.read_parquet("deep/out.parquet").set_index("measure")
    assert list(found) == ["unit", "a", "b", "difference"]
    assert not found.index.has_duplicates
    assert {*found.index} == {*columns("summary"), *MEASURES, *TWIN_MEASURES} - {"retry_payer"}
    apart = found.drop([*TWIN_MEASURES])
    assert (apart["difference"].dropna() == (apart["b"] - apart["a"]).dropna()).all()
    for run, arm in (("base", "a"), ("strict", "b")):
        summary = json.loads(Path(run, "summary.json").read_text())
        assert found.loc["admitted", arm] == summary["admitted"]
        assert found.loc["vendi_score", arm] == MEASURES["vendi_score"].function(Run.read(Path(run)))
    assert found.loc[[*TWIN_MEASURES], ["a", "b"]].isna().all(axis=None)
    assert found.loc["turns_ok", "difference"] != 0
    assert f"wrote deep/out.parquet: {len(found)} measures, " in printed
    assert os.listdir("deep") == ["out.parquet"]


def test_the_terminal_shows_what_says_most_and_counts_the_rest(turnstile, runs):
    code, printed, _ = turnstile("compare", "base", "strict")
    assert code == 0
    lines = printed.splitlines()
    shown = [line.split()[0] for line in lines[1 : lines.index("")]]
    assert {"success_rate", "welfare", *TWIN_MEASURES} <= {*shown}
    every = len(columns("summary")) - 1 + len(MEASURES) + len(TWIN_MEASURES)
    assert lines[-1] == f"{every} measures, {every - len(shown)} of them not shown; --out FILE.parquet writes all"
    assert not Path("out.parquet").exists()


def test_identical_arms_differ_in_nothing(turnstile, runs):
    code, printed, _ = turnstile("compare", "base", "base", "--out", "out.parquet")
    assert code == 0
    assert (pd.read_parquet("out.parquet")["difference"].dropna() == 0).all()
    assert "0 ideas reached traffic in A and not in B\n" in printed


def test_a_market_in_which_nobody_decides_is_compared_too(turnstile, tmp_path):
    for name, strictness in (("low", 0.5), ("high", 0.7)):
        write_run(economy("developers=none", horizon_days=4, governance__strictness=strictness), tmp_path / name)
    code, printed, _ = turnstile("compare", "low", "high")
    assert code == 0
    assert ["suppression_pursued", "-"] in [line.split()[:2] for line in printed.splitlines()]


def test_an_earlier_comparison_is_replaced_only_by_force(turnstile, runs):
    Path("out.parquet").write_text("older")
    assert "out.parquet: found it there already; allowed is a new file, or --force" in refused(
        turnstile, "base", "strict"
    )
    assert Path("out.parquet").read_text() == "older"
    assert turnstile("compare", "base", "strict", "--out", "out.parquet", "--force")[0] == 0
    assert len(pd.read_parquet("out.parquet"))


# ---- no twins --------------------------------------------------------------------------------------------------------


def test_another_seed_is_no_twin(turnstile, runs):
    line = refused(turnstile, "base", "other")
    assert line == "error: base, other: no twins: seed: found 1 and 2; allowed are two runs of one world\n"


def test_another_version_is_no_twin(turnstile, runs):
    path = Path("strict/provenance.json")
    provenance = json.loads(path.read_text())
    path.write_text(json.dumps(provenance | {"version": "0.0.1"}))
    assert f"no twins: version: found {provenance['version']} and 0.0.1;" in refused(turnstile, "base", "strict")


def test_the_same_version_from_other_sources_is_no_twin(turnstile, runs):
    path = Path("strict/provenance.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"simulator": "0" * 64}))
    assert "no twins: simulator: found " in refused(turnstile, "base", "strict")


def test_a_world_that_only_says_it_is_the_same_is_found_by_its_ideas(turnstile, runs):
    config = yaml.safe_load(Path("other/config.yaml").read_text())
    Path("other/config.yaml").write_text(yaml.safe_dump(config | {"seed": 1}))
    assert "no twins: their ideas differ in" in refused(turnstile, "base", "other")


# ---- places that cannot be written -----------------------------------------------------------------------------------


@pytest.mark.parametrize("out", ["base/config.yaml/out.parquet", "folder.parquet"])
def test_a_place_that_is_none(out, turnstile, runs):
    Path("folder.parquet").mkdir()
    assert f"error: {out}: " in refused(turnstile, "base", "strict", out=out)


def test_a_full_disk_leaves_nothing(turnstile, runs, monkeypatch):
    def full(path, content):
        path.touch()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    assert "deep/out.parquet: cannot be written: No space left" in refused(
        turnstile, "base", "strict", out="deep/out.parquet"
    )
