"""What is installed from a wheel runs from any folder: the configuration travels inside."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.skipif(find_spec("hatchling") is None, reason="the wheel is built with hatchling, which is not installed")
@pytest.mark.skipif(find_spec("pip") is None, reason="the wheel is installed with pip, which this environment lacks")
def test_a_wheel_runs_from_another_folder(tmp_path):
    def done(*command, **kwargs) -> str:
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300, **kwargs).stdout

    done(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist"), cwd=ROOT)
    (wheel,) = (tmp_path / "dist").iterdir()
    site = tmp_path / "site"
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index")
    done(*pip, "--target", str(site), str(wheel))

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    there = {"cwd": elsewhere, "env": {**os.environ, "PYTHONPATH": str(site)}}
    where = done(sys.executable, "-c", "import sim.config; print(sim.config.config_folder())", **there)
    assert Path(where.strip()) == site / "sim" / "_conf"
    short = ["horizon_days=0.05", "warmup_days=0", "tick_s=600", "engine=reference", "hydra.run.dir=one"]
    done(site / "bin" / "turnstile", "run", *short, **there)
    assert json.loads((elsewhere / "one" / "summary.json").read_text())["turns"] > 0
    assert list((elsewhere / "one" / "figures").glob("*.png"))
    assert json.loads((elsewhere / "one" / "provenance.json").read_text())["commit"] is None
