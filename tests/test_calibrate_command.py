"""``turnstile calibrate`` tells a log of trials from one of traffic, and what it writes can be run."""

from pathlib import Path

import numpy as np
import pytest

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


@pytest.mark.parametrize(("write", "file", "group", "name"), [
    (trials, "my trials.csv", "calibration", "my-trials"),
    (lambda path: str(write_sample(path)), "chat.csv.gz", "demand", "chat"),
])
def test_a_log_becomes_a_preset_that_runs(write, file, group, name, turnstile):
    code, out, err = turnstile("calibrate", write(file), "--out", "mine")
    assert (code, err) == (0, "")
    use = f"--config-dir mine {group}={name}"
    assert use in out
    assert turnstile("run", *use.split(), "hydra.run.dir=one")[0] == 0


def test_a_bad_log_gets_one_line_and_leaves_nothing(turnstile):
    Path("bad.csv").write_text("model,task_id,trial,success\nm,t,1,maybe\n")
    code, out, err = turnstile("calibrate", "bad.csv", "--out", "mine")
    assert (code, out) == (2, "")
    assert err.startswith("error: bad.csv:2: ")
    assert not Path("mine").exists()
