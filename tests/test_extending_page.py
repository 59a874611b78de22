"""docs/extending.md: what is on the page runs, by the commands on the page."""

import re
import sys
from pathlib import Path

import pytest

from sim.compose import configure
from sim.simulation import simulate
from tests.test_presets_economy import SMALL

PAGE = (Path(__file__).parents[1] / "docs" / "extending.md").read_text(encoding="utf-8")
CODE = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
CHOICES = re.findall(r"`turnstile run (\S+)`", PAGE)


def test_it_takes_twenty_lines():
    assert len(CODE) == len(CHOICES) == 1
    assert all(len(code.splitlines()) <= 20 for code in CODE)


@pytest.mark.parametrize("choice", CHOICES)
def test_it_runs(choice, tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text("\n".join(CODE), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    choices = SMALL | {"horizon_days": 8, "governance.strictness": 0.2}
    short = [f"{key}={value}" for key, value in choices.items()]
    built_in = simulate(configure(*short))
    own = simulate(configure(*short, choice))
    assert not own.tables["standings"].equals(built_in.tables["standings"]), "it is not asked"
