"""docs/model.md names files and keys that exist, and describes every submodel."""

import re
from pathlib import Path

import pytest

from sim.config import keys

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
SECTIONS = {name for name in keys() if "." not in name}


def test_it_describes_submodels_m1_to_m15_in_order():
    assert re.findall(r"^### (M\d+) ", PAGE, flags=re.M) == [f"M{n}" for n in range(1, 16)]


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:sim|analysis|conf)/[\w/.]*)`", PAGE))))
def test_its_files_exist(path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize("key", sorted(set(re.findall(r"`([a-z]+(?:\.[a-z_0-9]+)+)(?:=\w+)?`", PAGE))))
def test_its_keys_exist(key):
    if key.partition(".")[0] in SECTIONS and not key.endswith(".py"):
        assert key in keys()
