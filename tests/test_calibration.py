"""A log of trials becomes a calibration; what is wrong with it gets one line."""

import gzip
import json

import numpy as np
import pytest
import yaml
from scipy.special import expit

from analysis.calibration.reliability import fit_reliability
from analysis.calibration.trials import read_trials
from analysis.calibration.writing import write_reliability
from analysis.errors import InputError


def write(path, text):
    path.write_text(text)
    return path


HEADER = "model,task_id,trial,success\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "empty file"),
        (HEADER, 2, "no rows"),
        ("model,task_id,trial,sucess\na,t,0,1\n", 1, "'sucess'"),
        ("model,task_id,n\na,t,3\n", 1, "'c'"),
        (HEADER + "a,t,0,1\na,t,1,2\n", 3, "'2'"),
        (HEADER + "a,t,0,nan\n", 2, "0 or 1"),
        (HEADER + "a,t,-1,1\n", 2, "'-1'"),
        (HEADER + "a,t,x,1\n", 2, "'x'"),
        (HEADER + "a,t,0,1\na,t,0,0\n", 3, "again"),
        (HEADER + "a,t,0\n", 2, "3 fields"),
        (HEADER + ",t,0,1\n", 2, "model"),
        ("model,task_id,n,c\na,t,3,4\n", 2, "0 to n"),
        ("model,task_id,n,c\na,t,0,0\n", 2, "'0'"),
        ("model,task_id,n,c\na,t,inf,0\n", 2, "'inf'"),
        ("model,model,n,c\na,t,3,4\n", 1, "twice"),
        ("model,task_id,trial,turn,success\na,t,0,1,1\na,t,0,3,1\n", 2, "none missing"),
    ],
)
def test_bad_files_get_one_line(tmp_path, text, line, words):
    path = write(tmp_path / "log.csv", text)
    with pytest.raises(InputError) as error:
        read_trials(path)
    message = str(error.value)
    assert message.startswith(f"{path}:{line}: ")
    assert words in message
    assert "allowed" in message
    assert "\n" not in message


def test_broken_and_missing_files(tmp_path):
    whole = gzip.compress((HEADER + "".join(f"a,t{i},0,{i % 2}\n" for i in range(5000))).encode())
    for name, data in (("cut.csv.gz", whole[: len(whole) // 2]), ("no.csv.gz", b"plain"), ("b.csv", b"\xff\xfe\x00")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError):
            read_trials(tmp_path / name)
    with pytest.raises(InputError):
        read_trials(tmp_path / "absent.csv")
    once = read_trials(write(tmp_path / "once.csv", HEADER + "a,t,0,1\na,u,0,0\n"))
    with pytest.raises(InputError, match="one trial per task"):
        fit_reliability(once)


def log_text(rng, with_turns=False):
    """Two domains, a model of the same name in both, one that always succeeds."""
    lines = ["domain,model,task_id,trial,success" + (",turn" if with_turns else "")]
    for domain, model, mu in (("d", "a", 0.0), ("e", "a", 1.0), ("e", "b", -1.0), ("e", "sure", 60.0)):
        for task, p in enumerate(expit(mu + 2 * rng.normal(size=40))):
            for trial in range(4):
                for turn in range(1, 3 if with_turns else 2):
                    lines.append(f"{domain},{model},{task},{trial},{int(rng.random() < p)}" + f",{turn}" * with_turns)
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("with_turns", [False, True])
def test_calibration_is_written_whole(tmp_path, with_turns):
    trials = read_trials(write(tmp_path / "log.csv", log_text(np.random.default_rng(7), with_turns)))
    result = fit_reliability(trials)
    paths = write_reliability(result, tmp_path / "out", "mine")
    read = json.loads(paths[0].read_text(), parse_constant=pytest.fail)
    assert set(read["models"]) == {"d/a", "e/a", "b", "sure"}
    assert read["models"]["b"]["tasks"] == 40
    assert read["models"]["b"]["trials"] == 160
    assert len(read["models"]["b"]["pass_k_predicted"]) == 4
    assert read["models"]["sure"]["ability"] == 1
    assert read["models"]["sure"]["mu"] is None
    assert 0 <= read["kappa"] <= 1
    assert ("hazard" in read) == with_turns
    preset = yaml.safe_load(paths[1].read_text())
    if with_turns:
        assert set(preset) == {"calibration", "population", "response"}
        preset = preset["calibration"]
    assert set(preset) == {"name", "source", "kappa", "xi", "systems"}
    assert [s["name"] for s in preset["systems"]] == ["d/a", "e/a", "b"]
    assert preset["systems"][2]["ability"] == pytest.approx(read["models"]["b"]["ability"], rel=1e-3)
    assert sorted(p.name for p in (tmp_path / "out").rglob("*")) == ["calibration", "calibration.json", "mine.yaml"]
    with pytest.raises(InputError):
        write_reliability(result, tmp_path / "out", "../mine")


def test_counts_and_trials_of_the_same_log_agree(tmp_path):
    trials = read_trials(write(tmp_path / "log.csv", log_text(np.random.default_rng(8))))
    counts = trials.counts.rename(columns={"task": "task_id"}).assign(model=trials.counts["name"])
    counts.to_csv(tmp_path / "counts.csv.gz", index=False)
    again = fit_reliability(read_trials(tmp_path / "counts.csv.gz"))
    assert again["models"] == fit_reliability(trials)["models"]


def test_one_model_has_no_kappa(tmp_path):
    text = "model,task_id,n,c\n" + "".join(f"a,t{i},5,{i % 6}\n" for i in range(30))
    assert fit_reliability(read_trials(write(tmp_path / "c.csv", text)))["kappa"] is None
