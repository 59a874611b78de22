"""``turnstile tune`` on the simulator: the tutorial from its file to a preset, and the page of what came out."""

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml

from analysis.errors import InputError
from analysis.measure import MEASURES
from analysis.measuring import measure_store
from analysis.report.folder import report
from analysis.tuning import Tuning
from analysis.tuning_pages import __main__ as pages
from scenarios.tune.command import forecast, run_tuning
from scenarios.tune.definition import Fresh, read
from scenarios.tune.presets import preset_name
from sim.compose import configure

PAGE = (Path(__file__).parents[1] / "docs" / "tuning.md").read_text(encoding="utf-8")
(FILE,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
(OWN,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
SHORT = ("horizon_days=15", "warmup_days=0", "demand.rate=300")
TWINS = "  - {measure: suppression_pursued, direction: down}\nconstraints:"


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """The folder of the tutorial's tuning, of few trials over few days, with an objective that compares twins."""
    folder = tmp_path_factory.mktemp("tuned")
    text = FILE.replace("constraints:", TWINS).replace("least: {default: 0.9}", "least: {default: 0.1}")
    (folder / "calm.yaml").write_text(text + "baseline: [governance=open]\n")
    tuning = replace(read(str(folder / "calm.yaml")), trials=4, batch=2, fresh=Fresh(3, 1))
    run_tuning(tuning, SHORT, folder / "out", 1, None)
    return folder / "out"


def test_the_file_of_the_tutorial_is_the_one_that_is_checked(tmp_path):
    (tmp_path / "calm.yaml").write_text(FILE)
    said = forecast(replace(read(str(tmp_path / "calm.yaml")), trials=4), SHORT, 2)
    assert "4 trials and as many at random, in 2 worlds x 1 seeds" in said
    assert f"= {2 * (2 * 4 + 2) + 2 * 4 * (2 * 3 + 2)} runs" in said


def test_trials_and_settings_are_what_the_runs_say(out):
    trials = pd.read_parquet(out / "trials.parquet")
    assert trials.groupby("search").size().to_dict() == {"random": 4, "tuned": 4}
    first = pd.read_parquet(out / "searched" / "tuned-00000" / "measures.parquet")
    measured = measure_store(out / "searched" / "tuned-00000", ["success_rate"]).loc[first["key"], "success_rate"]
    assert first["success_rate"].to_numpy() == pytest.approx(measured.to_numpy())
    by_trial = first.groupby("setting")["success_rate"].mean()
    assert trials[trials["search"] == "tuned"]["success_rate"][:2].to_numpy() == pytest.approx(by_trial.to_numpy())
    settings = pd.read_parquet(out / "settings.parquet")
    assert {"current default", "baseline"} <= set(settings["role"])


def test_twins_are_compared_with_the_baseline_in_the_same_world(out):
    fresh = pd.read_parquet(out / "fresh.parquet")
    baseline = fresh[fresh["name"] == "baseline"]["suppression_pursued"].dropna()
    assert (baseline == 0).all()  # against itself nothing is suppressed
    assert fresh["suppression_pursued"].dropna().between(0, 1).all()


def test_each_recommended_setting_is_a_preset(out):
    settings = pd.read_parquet(out / "settings.parquet")
    held = settings[settings["role"] != ""]
    named = {preset_name("calm", role): row for row in held.to_dict("records") for role in row["role"].split(", ")}
    assert yaml.safe_load((out / "tuning.yaml").read_text())["presets"] == list(named)
    for name in ("calm_current_default", "calm_most_open"):
        config, row = configure(f"governance={name}", folder=out / "presets"), named[name]
        wanted = 0.66 if name == "calm_current_default" else row["governance.strictness"]
        assert config.governance.strictness == pytest.approx(wanted)
        assert config.stake.rule == (row["stake"] if isinstance(row["stake"], str) else "pseudo_count")


def test_the_page_tells_what_the_tables_hold(out, tmp_path):
    page = pages.write(out, tmp_path / "docs").read_text(encoding="utf-8")
    tuning = Tuning.read(out)
    row = tuning.recommended[tuning.recommended["measure"] == "hhi"].iloc[0]
    assert f"{row['estimate']:.3g} [{row['low']:.3g}, {row['high']:.3g}]" in page
    assert "4 tuned and 4 random" in page and "Can a small network be more open" in page
    for figure in re.findall(r"\]\(\.\./(figures/\S+\.png)\)", page):
        assert (tmp_path / "docs" / figure).stat().st_size > 1000
    assert "calm.md" in (tmp_path / "docs" / "tunings" / "README.md").read_text(encoding="utf-8")
    html = report(out)
    assert "Can a small network be more open" in html and "hypervolume" in html


def test_a_folder_that_is_none_is_one_line(tmp_path):
    with pytest.raises(InputError, match="allowed is the folder of a finished tuning"):
        Tuning.read(tmp_path)


@pytest.mark.parametrize(("spoilt", "said"), [
    ({"judged": {}}, "has no key"),
    ({"tuning": {"question": "?", "worlds": {}, "objectives": [], "levers": {"stake.sigma": 1}}}, "not what a tuning"),
])  # fmt: skip
def test_a_record_that_was_edited_is_one_line(out, spoilt, said, tmp_path):
    for path in out.glob("*.parquet"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "tuning.yaml").write_text(yaml.safe_dump(yaml.safe_load((out / "tuning.yaml").read_text()) | spoilt))
    with pytest.raises(InputError, match=rf"tuning\.yaml: {said}"):
        Tuning.read(tmp_path)


def test_an_objective_of_ones_own_gives_the_number_of_its_recipe(out):
    held: dict = {}
    try:
        exec(OWN, held)
        name = held["served_by_experiments"].__name__
        folder = out / "judging" / "settings"
        found = measure_store(folder, [name])[name]
        models = pd.read_parquet(folder / "models")
        for key, own in models.groupby("key"):
            expected = own.loc[own["kind"] == "experiment", "turns_ok"].sum() / own["turns_ok"].sum()
            assert found[key] == pytest.approx(expected)
    finally:
        MEASURES.pop("served_by_experiments", None)
