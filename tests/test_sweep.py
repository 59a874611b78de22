"""``turnstile sweep``: a grid in Hydra's words, a row for each point, one line for what is wrong."""

import contextlib
import io
import json
import math
import re
import sys
from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

from scenarios import cli
from scenarios.runner import running
from scenarios.sweep.command import forecast, run_sweep
from scenarios.sweep.grid import grid
from sim.errors import InputError
from sim.simulation import simulate
from tests.test_cli import command, refused  # noqa: F401  (command is the fixture `turnstile`)

SMALL = ("horizon_days=3", "warmup_days=0", "demand.rate=300", "population.models=6", "population.developers=4",
         "developers.arrivals=1")  # fmt: skip


def values(*words: str) -> list[dict]:
    return [point.values for point in grid(words)]


class TestGrid:
    def test_every_combination_the_last_key_fastest(self):
        found = values("governance.strictness=0.5,0.6", "stake=none,gate")
        assert [tuple(point.values()) for point in found] == [
            (0.5, "none"), (0.5, "gate"), (0.6, "none"), (0.6, "gate"),
        ]  # fmt: skip

    def test_a_range_has_the_numbers_that_one_reads(self):
        found = [point["governance.strictness"] for point in values("governance.strictness=range(0.1,0.5,0.1)")]
        assert found == [0.1, 0.2, 0.3, 0.4]

    def test_a_group_gives_all_its_options(self):
        assert {point["stake"] for point in values("stake=glob(*,exclude=base)")} >= {"none", "gate", "pseudo_count"}

    def test_rules_by_import_path_are_named_as_they_were_typed(self, tmp_path, monkeypatch):
        (tmp_path / "rules_to_sweep.py").write_text("def tenth(stakes, reference):\n    return stakes / 10\n")
        monkeypatch.syspath_prepend(tmp_path)
        found = values("stake=pseudo_count", "stake.rule=rules_to_sweep:tenth,pseudo_count")
        assert [point["stake.rule"] for point in found] == ["rules_to_sweep:tenth", "pseudo_count"]

    def test_words_of_one_value_hold_for_all(self):
        points = grid(["tick_s=1800", "governance.strictness=0.5,0.6"])
        assert [point.config.tick_s for point in points] == [1800, 1800]
        assert [point.config.governance.strictness for point in points] == [0.5, 0.6]

    @pytest.mark.parametrize(
        ("word", "said"),
        [
            ("governance.strictnes=0.5,0.6", "did you mean 'governance.strictness'"),
            ("governance.strictness=0.5,3", "found 3; allowed is a number from 0 to 1"),
            ("governance.strictness=0.5,0.5", "found 0.5 twice"),
            ("governance.strictness=interval(0,1)", "found an interval"),
            ("governance.strictness=range(1,0)", "found no value"),
            ("governance.strictness=range(0,1,0)", "must not be zero"),
            ("governance.strictness=range(0,1", "not an override"),
            ("governance.strictness=0.5", "no key has several values"),
            ("stake=none,gat", "did you mean 'gate'"),
            ("seed=1,2", "allowed is --seeds"),
            ("hydra.run.dir=a,b", "--out for the folder"),
            ("+more=1,2", "without + and ~"),
            ("router.allocation=weighted_,best", "router.allocation"),
            ("strictness", "a word without ="),
        ],
    )
    def test_what_is_wrong_is_one_line(self, word, said):
        with pytest.raises(InputError, match=re.escape(said)) as error:
            grid([word])
        assert "\n" not in str(error.value)

    def test_a_key_given_twice(self):
        with pytest.raises(InputError, match="found twice"):
            grid(["stake=none", "stake=gate,none"])


def test_bad_input_leaves_nothing(turnstile):
    assert "hhj" in refused(turnstile, "sweep", "stake=none,gate", "--measure", "hhj")
    assert "KEY=A,B" in refused(turnstile, "sweep")
    assert "seeds" in refused(turnstile, "sweep", "stake=none,gate", "--seeds", "0")
    assert "no such preset" in refused(turnstile, "sweep", "stake=none,gat")


class TestSweep:
    WORDS = (*SMALL, "governance.strictness=0.4,0.8", "stake=none,gate")

    @pytest.fixture(scope="class")
    @classmethod
    def out(cls, tmp_path_factory):
        """The folder of a sweep of four points and three seeds, the means of two measures, and what was printed."""
        folder = tmp_path_factory.mktemp("sweep") / "out"
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            assert run_sweep(cls.WORDS, 3, folder, 1, None, ["success_rate", "hhi"]) == 0
        return folder, printed.getvalue()

    def test_points_have_a_column_for_each_swept_key(self, out):
        points = pd.read_parquet(out[0] / "points.parquet")
        assert list(points.columns) == ["governance.strictness", "stake", "seed", "key"]
        assert points["governance.strictness"].dtype == float
        assert len(points) == points["key"].nunique() == 4 * 3
        runs = pd.read_parquet(out[0] / "runs").set_index("key").loc[points["key"]]
        said = [json.loads(config) for config in runs["config"]]
        assert [each["governance"]["strictness"] for each in said] == points["governance.strictness"].tolist()
        assert runs["seed"].tolist() == points["seed"].tolist()

    def test_measures_are_those_of_the_runs(self, out):
        measured = pd.read_parquet(out[0] / "measures.parquet")
        runs = pd.read_parquet(out[0] / "runs").set_index("key").loc[measured["key"]]
        assert measured["hhi"].to_numpy() == pytest.approx(runs["hhi"].to_numpy(), nan_ok=True)

    def test_the_table_has_mean_and_interval_of_each_point(self, out):
        measured = pd.read_parquet(out[0] / "measures.parquet")
        lines = [line for line in out[1].splitlines() if line.startswith(("0.4", "0.8"))]
        by_point = measured.groupby(["governance.strictness", "stake"], sort=False)["success_rate"]
        for line, (_, rates) in zip(lines, by_point, strict=True):
            mean, half = rates.mean(), stats.t.ppf(0.975, 2) * rates.std() / math.sqrt(3)
            assert f"{mean:.3g} [{mean - half:.3g}, {mean + half:.3g}]" in line

    def test_a_seed_more_runs_what_is_missing(self, out, monkeypatch):
        done = []
        real = running.batches
        monkeypatch.setattr(running, "batches", lambda jobs, *rest: real(done.extend(jobs) or jobs, *rest))
        run_sweep(self.WORDS, 4, out[0], 1, None, [])
        assert sorted(job.config.seed for job in done) == [4] * 4

    def test_a_forecast_counts_the_runs(self):
        said = forecast(self.WORDS, 5, 2)
        assert re.search(r"4 points x 5 seeds = 20 runs of \S+ s: about \S+ s on 2 processes, at most \d+ MB", said)

    def test_runs_that_fail_set_the_exit_code_and_leave_the_others(self, tmp_path, monkeypatch, capsys):
        def unlucky(config):
            if config.stake.rule == "gate":
                raise RuntimeError("no luck")
            return simulate(config)

        monkeypatch.setattr("sim.simulation.simulate", unlucky)
        monkeypatch.setattr(sys, "argv", ["turnstile", "sweep", *self.WORDS, "--seeds", "2", "--workers", "1"])
        monkeypatch.chdir(tmp_path)
        assert cli.main() == 1
        out = capsys.readouterr().out
        folder = Path("sweeps/governance.strictness,stake")
        assert f"4 of 8 runs failed: see {folder}/failures" in out and "not defined" in out
        assert len(list((folder / "failures").iterdir())) == 4
        measured = pd.read_parquet(folder / "measures.parquet")
        assert (measured["hhi"].isna() == (measured["stake"] == "gate")).all()
