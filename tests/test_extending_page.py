"""docs/extending.md: what is on the page runs, by the commands on the page."""

import re
import sys
from pathlib import Path

import pytest

from sim.compose import configure
from sim.simulation import simulate
from tests.economies import differing
from tests.test_presets_economy import SMALL

PAGE = (Path(__file__).parents[1] / "docs" / "extending.md").read_text(encoding="utf-8")
CODE = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
CHOICES = re.findall(r"^turnstile run (\S+)$", PAGE, re.MULTILINE)
KEYS = ("router.allocation", "stake.rule", "stake.slashing", "gauntlet.score", "developers.policy")
HERE = {"horizon_days": 8, "governance.strictness": 0.2, "stake.exposure": "[rejection]",
        "gauntlet": "default"}  # fmt: skip
SHORT = [f"{key}={value}" for key, value in (SMALL | HERE).items()]


def test_each_takes_twenty_lines():
    assert tuple(choice.partition("=")[0] for choice in CHOICES) == KEYS
    assert len(CODE) == len(CHOICES)
    assert all(len(code.splitlines()) <= 20 for code in CODE)


@pytest.fixture(scope="module")
def built_in():
    return simulate(configure(*SHORT))


@pytest.mark.parametrize(("code", "choice"), [*zip(CODE, CHOICES, strict=True)], ids=KEYS)
def test_it_runs(code, choice, built_in, tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text(code, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "mine", None)  # so that whatever is imported under this name goes with the test
    del sys.modules["mine"]
    assert differing(simulate(configure(*SHORT, choice)), built_in) != [], "it is not asked"
