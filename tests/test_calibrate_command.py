"""``turnstile calibrate`` tells a log of trials from one of traffic, and what it writes can be run."""

import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest
import yaml

from scenarios.demo import write_sample
from tests.faked import command  # noqa: F401  (the fixture `turnstile`)


def trials(path: str) -> str:
    """Three models, 30 tasks, four trials each, at success rates that differ between tasks."""
    rng = np.random.default_rng(1)
    rows = ["model,task_id,trial,success"]
    for task in range(30):
        rate = rng.random(3)
        rows += [f"m{m},t{task},{k},{int(rng.random() < rate[m])}" for m in range(3) for k in range(4)]
    Path(path).write_text("\n".join(rows) + "\n")
    return path


def turns(path: str, context: bool = False, hazard: float = 0.15, tasks: tuple[int, int] = (60, 60)) -> str:
    """Two models whose sessions derail with a hazard of ``hazard`` a turn at a full window, and then mostly fail."""
    rng = np.random.default_rng(2)
    rows = ["model,task_id,trial,turn,success,context_tokens,window_tokens" if context else
            "model,task_id,trial,turn,success"]  # fmt: skip
    for model, task in ((m, t) for m in range(2) for t in range(tasks[m])):
        rate = rng.random()
        for trial in range(3):
            derailed = False
            for turn in range(1, 7):
                full = turn / 6 if context else 1.0
                derailed |= bool(turn > 1 and rng.random() < hazard * full)
                ok = int(rng.random() < rate * (0.1 if derailed else 1.0))
                rows.append(f"m{model},t{task},{trial},{turn},{ok}" + f",{1000 * turn},6000" * context)
    Path(path).write_text("\n".join(rows) + "\n")
    return path


def alike(path: str, more: str = "") -> str:
    rows = [f"{m},t{task},{k},{ok}\n" for m, ok in (("up", 1), ("down", 0)) for task in range(5) for k in (0, 1)]
    Path(path).write_text("model,task_id,trial,success\n" + "".join(rows) + more)
    return path


def everything(folder: str) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in Path(folder).rglob("*") if file.is_file()}


LOGS = [
    (trials, "my trials.csv", "calibration", "my-trials"),
    (lambda path: str(write_sample(path)), "chat.csv.gz", "demand", "chat"),
]


@pytest.mark.parametrize(("write", "file", "group", "name"), LOGS)
def test_a_log_becomes_a_preset_that_runs(write, file, group, name, turnstile):
    code, out, err = turnstile("calibrate", write(file), "--out", "mine")
    assert (code, err) == (0, "")
    use = f"--config-dir mine {group}={name}"
    assert use in out
    assert turnstile("run", *use.split(), "hydra.run.dir=one")[0] == 0


def words(row: str) -> list[str]:
    return row.replace("±", " ").split()


def test_the_table_of_models_shows_what_was_fitted(turnstile):
    _, out, _ = turnstile("calibrate", trials("log.csv"), "--out", "mine")
    fitted = json.loads(Path("mine/calibration.json").read_text())
    shown = {words(row)[0]: words(row)[1:] for row in out.splitlines() if words(row)}
    assert words("model tasks trials mu ± se spread ± se ability pass^4 fitted")[1:] == shown["model"]
    for name, entry in fitted["models"].items():
        numbers = [entry[key] for key in ("tasks", "trials", "mu", "mu_se", "spread", "spread_se", "ability")]
        numbers += [entry["pass_k_observed"][3], entry["pass_k_predicted"][3]]
        assert [float(text) for text in shown[name]] == pytest.approx(numbers, abs=5.1e-3)
    assert f"kappa {fitted['kappa']:.2f}" in out


def test_names_are_shown_as_they_are(turnstile):
    names = ("[bold]a[/bold]", "[/]", ":smile:")
    rows = [f"{name},t{task},4,{task % 5}\n" for name in names for task in range(8)]
    Path("log.csv").write_text("model,task_id,n,c\n" + "".join(rows))
    code, out, _ = turnstile("calibrate", "log.csv", "--out", "mine")
    assert code == 0
    assert all(f"\n{name} " in out for name in names)


def test_the_table_of_a_long_log_is_short_and_says_so(turnstile):
    rows = [f"m{m},t{task},4,{(m + task) % 5}\n" for m in range(25) for task in range(8)]
    Path("log.csv").write_text("model,task_id,n,c\n" + "".join(rows))
    _, out, _ = turnstile("calibrate", "log.csv", "--out", "mine")
    assert sum(line.startswith("m") and line[1].isdigit() for line in out.splitlines()) == 20
    assert "and 5 models more, in calibration.json" in out


def test_the_table_of_traffic_shows_settings_and_dispersion(turnstile):
    _, out, _ = turnstile("calibrate", str(write_sample("chat.csv.gz")), "--out", "mine")
    fitted = json.loads(Path("mine/traffic.json").read_text())
    rate = next(words(row) for row in out.splitlines() if row.startswith("rate "))
    assert float(rate[1]) == pytest.approx(fitted["demand"]["rate"], rel=1e-5)
    row = next(words(row) for row in out.splitlines() if row.startswith("dispersion of counts over 60 s"))
    at = fitted["fit"]["windows_s"].index(60)
    sides = ("observed", "fitted", "poisson")
    expected = [fitted["fit"][f"idc_{side}"][at] for side in sides]
    assert [float(text) for text in row[-3:]] == pytest.approx(expected, abs=5.1e-3)
    # A Poisson process in n windows, measured around its own mean: 1 - 1/n.
    assert expected[2] == pytest.approx(1 - 60 / fitted["statistics"]["span_s"], rel=0.02)


def test_a_bad_log_gets_one_line_and_leaves_nothing(turnstile):
    Path("bad.csv").write_text("model,task_id,trial,success\nm,t,1,maybe\n")
    code, out, err = turnstile("calibrate", "bad.csv", "--out", "mine")
    assert (code, out) == (2, "")
    assert err.startswith("error: bad.csv:2: ")
    assert not Path("mine").exists()


# ---- models that cannot be used --------------------------------------------------------------------------------------


def test_a_log_without_a_usable_model_is_refused(turnstile):
    code, out, err = turnstile("calibrate", alike("log.csv"), "--out", "mine")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert err.startswith("error: log.csv: found no model to calibrate: up (every trial succeeded: mu is infinite), ")
    assert err.endswith("down (every trial failed: mu is infinite); allowed are results that differ\n")
    assert not Path("mine").exists()


def test_usable_models_are_kept_and_the_others_named(turnstile):
    more = "".join(f"mixed,t{task},{k},{int(k < task)}\n" for task in range(5) for k in range(4))
    code, out, err = turnstile("calibrate", alike("log.csv", more), "--out", "mine")
    assert (code, err) == (0, "")
    left_out = [line for line in out.splitlines() if line.startswith("left out")]
    assert left_out == ["left out of the preset: up (every trial succeeded: mu is infinite), "
                        "down (every trial failed: mu is infinite)"]  # fmt: skip
    assert [s["name"] for s in yaml.safe_load(Path("mine/calibration/log.yaml").read_text())["systems"]] == ["mixed"]


# ---- files that are there, disks that are full -----------------------------------------------------------------------


@pytest.mark.parametrize(("write", "file", "group", "name"), LOGS)
def test_an_earlier_calibration_is_replaced_only_by_force(write, file, group, name, turnstile):
    words = ("calibrate", write(file), "--out", "mine")
    turnstile(*words)
    before = everything("mine")
    for path in before:
        Path(path).write_text("older")
    code, out, err = turnstile(*words)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert "found it there already; allowed is a new file, or --force" in err
    assert set(everything("mine").values()) == {b"older"}
    assert turnstile(*words, "--force")[0] == 0
    after = everything("mine")
    assert after.keys() == before.keys()
    assert b"older" not in after.values()


@pytest.mark.parametrize("last", ["calibration.json", "log.yaml", "prediction.csv", "prediction.png"])
def test_a_full_disk_names_the_file_and_leaves_nothing(last, turnstile, monkeypatch):
    write = Path.write_bytes

    def full(path, content):
        if last in path.name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(path, content)

    trials("log.csv")
    monkeypatch.setattr(Path, "write_bytes", full)
    code, out, err = turnstile("calibrate", "log.csv", "--out", "deep/mine")
    assert (code, out) == (2, "")
    assert err.startswith("error: deep/mine/")
    assert err.endswith(f"{last}: cannot be written: No space left on device\n")
    assert os.listdir() == ["log.csv"]


# ---- success by turn -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("context", [False, True])
def test_a_hazard_that_was_fitted_is_in_force_when_the_preset_is_used(context, turnstile):
    code, out, _ = turnstile("calibrate", turns("log.csv", context, tasks=(80, 40)), "--out", "mine")
    assert code == 0
    assert "m0: derail_hazard 0.1" in out
    assert "use it: turnstile run --config-dir mine calibration=log" in out
    assert turnstile("run", "--config-dir", "mine", "calibration=log", "hydra.run.dir=one")[0] == 0
    used = yaml.safe_load(Path("one/config.yaml").read_text())
    calibration = json.loads(Path("mine/calibration.json").read_text())
    fitted = calibration["hazard"]["models"].values()
    found = [entry["derail_hazard"] for entry in fitted]
    sessions = [entry["trials"] for entry in calibration["models"].values()]
    assert sessions == [240, 120]
    assert used["population"]["hazard"] == pytest.approx(np.average(found, weights=sessions), rel=1e-3)
    assert used["population"]["hazard"] == pytest.approx(0.15, abs=0.08)
    penalties = [entry["derail_penalty"] for entry in fitted]
    assert min(penalties) <= used["response"]["derail_penalty"] <= max(penalties)
    assert (used["response"]["gamma"] == 0) is not context
    assert used["calibration"]["name"] == "log"


def test_keys_that_a_hazard_sets_can_still_be_overridden(turnstile):
    turnstile("calibrate", turns("log.csv"), "--out", "mine")
    words = ("--config-dir", "mine", "calibration=log", "population.hazard=0.5", "hydra.run.dir=one")
    assert turnstile("run", *words)[0] == 0
    assert yaml.safe_load(Path("one/config.yaml").read_text())["population"]["hazard"] == 0.5


def test_sessions_that_never_derail_give_next_to_no_hazard(turnstile):
    turnstile("calibrate", turns("log.csv", hazard=0.0), "--out", "mine")
    preset = yaml.safe_load(Path("mine/calibration/log.yaml").read_text())
    assert preset["population"]["hazard"] < 0.05
