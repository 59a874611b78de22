"""Help, lists and completion: they name what there is, and need nothing heavy."""

from dataclasses import is_dataclass

import pytest

from scenarios.cli import command_names
from sim.config import keys
from tests.faked import command  # noqa: F401  (the fixture `turnstile`)
from tests.shell import shell

HEAVY = ("hydra", "numpy", "pandas", "numba", "simpy", "rich", "matplotlib", "scipy")


@pytest.mark.parametrize(
    "words", [(), ("--version",), ("run", "--version"), *((name, "--help") for name in command_names())]
)
def test_help_imports_nothing_heavy(words, tmp_path):
    code = f"import atexit; atexit.register(lambda: print([m for m in {HEAVY} if m in sys.modules]))"
    out, err = shell(code, *words, cwd=tmp_path).communicate(timeout=60)
    assert (out.splitlines()[-1], err) == ("[]", "")


def test_help_of_runcommand_names_every_key_and_option(turnstile):
    out = turnstile("run", "--help")[1]
    for key in keys().values():
        assert f"\n  {key.name} " in out or is_dataclass(key.kind)
    assert "openai" in out


def test_lists(turnstile):
    everything = turnstile("list")[1]
    members = {"routers": "proportional", "retries": "openai", "demand": "poisson", "health": "envoy",
               "policies": "manso", "stake_rules": "additive", "slashing": "numerai", "scores": "agreement_k",
               "developers": "roth_erev", "governance": "amnesty", "summary": "trust_friction",
               "measures": "cleanup_share"}
    for kind, member in members.items():
        code, out, _ = turnstile("list", kind)
        assert code == 0
        assert member in out
        assert out.strip() in everything


@pytest.mark.parametrize(("line", "expected"), [
    ("turnstile ", "run"),
    ("turnstile run retry=op", "retry=openai"),
    ("turnstile run demand.ra", "demand.rate="),
])
def test_completion(line, expected, turnstile, monkeypatch):
    monkeypatch.setenv("COMP_LINE", line)
    code, out, _ = turnstile("-sc", "query=bash")
    assert code == 0
    assert expected in out.split()


def test_completion_installs(turnstile):
    assert "complete -o nospace" in turnstile("-sc", "install=bash")[1]
