"""``turnstile run -m`` with a launcher of somebody else's, found as Hydra finds its plugins."""

import filecmp
import os
from pathlib import Path

from tests.shell import shell
from tests.test_sweep import SMALL

ROOT = Path(__file__).parents[1]
LAUNCHER = """
from dataclasses import dataclass
from hydra._internal.core_plugins.basic_launcher import BasicLauncher
from hydra.core.config_store import ConfigStore

@dataclass
class Settings:
    _target_: str = "hydra_plugins.backwards.Backwards"

ConfigStore.instance().store(group="hydra/launcher", name="backwards", node=Settings, provider="backwards")

class Backwards(BasicLauncher):
    def launch(self, job_overrides, initial_job_idx):
        jobs = list(enumerate(job_overrides, initial_job_idx))
        done = [BasicLauncher.launch(self, [words], number)[0] for number, words in reversed(jobs)]
        return done[::-1]
"""


def multirun(folder: Path, *words: str) -> Path:
    """The folder of a multirun of two seeds, which must end well."""
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{folder.parent}"}
    command = ("run", "-m", *SMALL, "output.figures=false", "seed=1,2", f"hydra.sweep.dir={folder}", *words)
    process = shell("pass", *command, env=environment, cwd=folder.parent)
    _, err = process.communicate(timeout=200)
    assert process.returncode == 0, err
    return folder


def test_another_launcher_leaves_the_same_runs(tmp_path):
    (tmp_path / "hydra_plugins").mkdir()
    (tmp_path / "hydra_plugins" / "backwards.py").write_text(LAUNCHER)
    ours, theirs = multirun(tmp_path / "ours"), multirun(tmp_path / "theirs", "hydra/launcher=backwards")
    for number in "01":
        names = sorted(os.listdir(ours / number))
        assert names == sorted(os.listdir(theirs / number))
        alike = filecmp.cmpfiles(ours / number, theirs / number, [n for n in names if n != "provenance.json"], False)[0]
        assert set(names) == {*alike, "provenance.json"}
