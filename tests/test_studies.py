"""Studies that run: what they leave, what they say, and that both are theirs alone."""

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis.finished import STUDY, SWEEP
from analysis.inference.finding import Verdict
from analysis.study_pages.__main__ import write
from analysis.study_words import crossed
from scenarios.runner.record import check_folder
from scenarios.study.command import forecast, run_study
from scenarios.study.definition import read
from scenarios.study.findings import decide
from scenarios.study.printing import print_crossings
from scenarios.sweep.command import run_sweep
from sim.errors import InputError
from tests.made_studies import made_study
from tests.test_study_pages import SAID

CLAIM = {"measure": "success_rate", "expected": "down", "because": "of it", "smallest": 0.1}
PLAIN = {
    "question": "Does strictness matter?",
    "base": ["horizon_days=3", "warmup_days=0", "demand.rate=500", "population.models=12", "population.developers=6",
             "developers.arrivals=2"],
    "factors": {"bar": {"key": "governance.strictness", "values": [0.4, 0.6, 0.8]},
                "slash": {"none": ["stake.slashing=none"], "fixed": ["stake.slashing=fixed"]}},
    "guards": ["imitate"],
    "also": ["suppression_pursued"],
    "crossings": [{"measure": "success_rate", "over": "strictness",
                   "doses": {0.6: {"over": "bar", "of": 0.6, "against": 0.4},
                             0.8: {"over": "bar", "of": 0.8, "against": 0.4}}}],
    "decisive": [
        CLAIM | {"over": "bar", "placebo": ["random", {"over": "slash", "of": "fixed", "against": "none"}]},
        CLAIM | {"minus": "pass_2", "at": {"bar": 0.4}, "reference": 0, "expected": "none", "guards": []},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    path = tmp_path_factory.mktemp("study") / "mine.yaml"
    path.write_text(yaml.safe_dump(PLAIN, sort_keys=False))
    assert run_study(str(path), ["demand.rate=400"], 3, path.parent / "out", 1, None) == 0
    return path


def table(ran, name):
    return pd.read_parquet(ran.parent / "out" / f"{name}.parquet")


def test_points_say_what_each_run_is(ran):
    points = table(ran, "points")
    assert points["bar"].dtype == float
    assert [*points.columns] == ["arm", "guard", "seed", "key", "bar", "slash"]
    assert len(points) == (6 + 4 + 4) * 3  # the middle bar has no weight in the slope
    config = pd.read_parquet(ran.parent / "out" / "runs").set_index("key").loc[points["key"], "config"]
    rows = zip(points.itertuples(), map(yaml.safe_load, config), strict=True)
    for point, said in rows:
        assert said["governance"]["strictness"] == point.bar
        assert said["stake"]["slashing"] == point.slash
        assert said["demand"]["rate"] == 400
        assert said["developers"]["policy"] == (point.guard or "expected_utility")


def test_measures_are_those_of_the_runs(ran):
    measures, runs = table(ran, "measures"), pd.read_parquet(ran.parent / "out" / "runs").set_index("key")
    assert measures["success_rate"].tolist() == runs.loc[measures["key"], "success_rate"].tolist()
    own = measures[measures["bar"] == 0.4]["suppression_pursued"].dropna()
    assert (own == 0).all(), "an arm that is its own twin suppresses nothing"


def test_findings_are_the_effects_seed_by_seed(ran):
    findings, measures = table(ran, "findings"), table(ran, "measures")
    assert findings["role"].tolist() == ["effect", "placebo", "placebo", "guard", "effect"]
    assert findings["world"].tolist() == ["", "random", "slash: fixed - none", "imitate", ""]
    own = measures[measures["guard"] == ""].groupby(["seed", "bar"])["success_rate"].mean().unstack()
    assert findings.loc[0, "estimate"] == pytest.approx(((own[0.8] - own[0.4]) / 0.4).mean())
    low = measures[(measures["guard"] == "") & (measures["bar"] == 0.4)]
    assert findings.loc[4, "estimate"] == pytest.approx((low["success_rate"] - low["pass_2"]).mean())
    assert findings["p_holm"].notna().tolist() == [True, False, False, False, True]


def test_a_crossing_stands_beside_the_findings(ran, capsys):
    (row,) = table(ran, "crossings").itertuples()
    assert (row.measure, row.over, row.first, row.last, row.seeds) == ("success_rate", "strictness", 0.6, 0.8, 3)
    assert 0.6 <= row.low <= row.estimate <= row.high <= 0.8
    page = write(ran.parent / "out", ran.parent / "docs").read_text()
    assert f"| `success_rate` | strictness | {crossed(row)} | 3 |" in page
    print_crossings(table(ran, "crossings"))
    assert f"{crossed(row)}" in capsys.readouterr().out


def test_a_study_says_how_it_was_run(ran):
    said = yaml.safe_load((ran.parent / "out" / "study.yaml").read_text())
    assert said["study"] == PLAIN
    assert (said["overrides"], said["seeds"]) == (["demand.rate=400"], 3)
    assert said["versions"]["turnstile"]


def test_the_same_again_leaves_the_same_bytes(ran, monkeypatch, capsys):
    out = ran.parent / "out"
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    monkeypatch.setattr("scenarios.runner.running.batches", lambda *_: pytest.fail("something was run"))
    assert run_study(str(ran), ["demand.rate=400"], 3, out, 1, None) == 0
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    said = capsys.readouterr().out
    assert "Does strictness matter?" in said
    assert "placebo: random" in said
    assert "42 runs in" in said


def test_a_forecast_counts_the_runs(ran):
    assert "14 points x 5 seeds = 70 runs" in forecast(str(ran), [], 5, 2)


def test_where_every_run_fails_that_is_all_that_is_said(ran, tmp_path, monkeypatch, capsys):
    def unlucky(config):
        raise RuntimeError("no luck")

    monkeypatch.setattr("sim.simulation.simulate", unlucky)
    assert run_study(str(ran), [], 2, tmp_path / "out", 1, None) == 28
    assert capsys.readouterr().out.startswith("28 of 28 runs failed")
    assert [path.name for path in (tmp_path / "out").iterdir() if path.name[0] != "."] == ["failures"]


def made(effect, placebo, seeds=20):
    """Measures of a study whose effects of each seed are known."""
    rng = np.random.default_rng(3)
    rows = [
        (f"bar={bar},slash={slash}", guard, seed, bar * shift + rng.normal(0, 0.01))
        for guard, shift in (("", effect), ("random", placebo), ("imitate", effect))
        for seed in range(seeds)
        for bar in (0.4, 0.6, 0.8)
        for slash in ("none", "fixed")
    ]
    found = pd.DataFrame(rows, columns=["arm", "guard", "seed", "success_rate"])
    return found.assign(pass_2=found["success_rate"])


@pytest.mark.parametrize(
    ("effect", "placebo", "verdict", "standing"),
    [
        (-2, 0, Verdict.SUPPORTED, "vanishes"),
        (2, 0, Verdict.REVERSED, "vanishes"),
        (0, 0, Verdict.NO_EFFECT, "vanishes"),
        (-2, -2, Verdict.UNDECIDED, "stays"),  # there without the mechanism
        (-2, 1, Verdict.SUPPORTED, "turns"),
    ],
)
def test_a_placebo_bears_on_the_finding_and_a_guard_does_not(ran, effect, placebo, verdict, standing):
    study = read(str(ran))
    found = decide(study.decisive, made(effect, placebo), {("imitate", "bar=0.4,slash=none"): "not quite"})
    assert (found.loc[0, "verdict"], found.loc[1, "standing"]) == (verdict, standing)
    assert found.loc[1, "beyond"] == pytest.approx(found.loc[0, "estimate"] - found.loc[1, "estimate"])
    assert found.loc[1, "beyond_low"] < effect - placebo < found.loc[1, "beyond_high"]
    assert found.loc[4, "verdict"] == Verdict.SUPPORTED  # no difference was expected
    assert found["note"].tolist() == ["", "", "", "not quite", ""]


@pytest.mark.parametrize(("noise", "note"), [(0.001, ""), (3, "it is unclear whether it vanishes in random")])
def test_a_verdict_beside_a_placebo_that_is_unclear_says_so(ran, noise, note):
    values, rng = made(-2, 0), np.random.default_rng(1)
    values.loc[values["guard"] == "random", "success_rate"] = rng.normal(0, noise, (values["guard"] == "random").sum())
    found = decide(read(str(ran)).decisive, values, {})
    assert (found.loc[0, "verdict"], found.loc[0, "note"]) == (Verdict.SUPPORTED, note)
    assert found.loc[1:, "note"].eq("").all()


def test_what_is_defined_in_too_few_seeds_is_undecided(ran):
    values = made(-2, 0)
    values.loc[(values["guard"] == "random") & (values["seed"] > 0), "success_rate"] = np.nan
    found = decide(read(str(ran)).decisive, values, {})
    assert found.loc[0, "verdict"] == Verdict.UNDECIDED
    assert found.loc[0, "why"] == "defined in 1 seeds of random"
    assert found.loc[1, "seeds"] == 1
    assert np.isnan(found.loc[1, "estimate"])


def everything(folder):
    """Every file in a folder, by its bytes."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class TestAnothersFolder:
    """A folder holds the result of one command: what another would write there is refused before anything runs."""

    @pytest.fixture
    def held(self, tmp_path):
        out = made_study(tmp_path, SAID, 3, {}, name="who_pays")
        return out, everything(out)

    def test_another_study_is_refused(self, held):
        out, before = held
        with pytest.raises(InputError, match=r"found study.yaml of 'who_pays'; allowed is a folder of its own"):
            run_study("retry_storm", [], 2, out, 1, None)
        assert everything(out) == before

    def test_another_command_is_refused(self, held):
        out, before = held
        with pytest.raises(InputError, match=r"found study.yaml of 'who_pays'"):
            run_sweep(["tick_s=1800,3600"], 2, out, 1, None, [])
        assert everything(out) == before

    @pytest.mark.parametrize("said", ["", "name: [", "- 1"])
    def test_a_record_that_was_damaged_is_nobodys_and_written_anew(self, said, tmp_path):
        (tmp_path / STUDY).write_text(said)
        check_folder(tmp_path, STUDY, "mine")
        with pytest.raises(InputError, match=r"found study\.yaml; allowed is a folder of its own"):
            check_folder(tmp_path, SWEEP)
