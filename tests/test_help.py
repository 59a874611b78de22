"""Help, lists and completion: they name what there is, and need nothing heavy."""

import resource
import time
from dataclasses import is_dataclass

import pytest

from scenarios.cli import _names
from sim.config import keys
from tests.faked import command  # noqa: F401  (the fixture `turnstile`)
from tests.shell import shell

HEAVY = ("hydra", "numpy", "pandas", "numba", "simpy", "rich", "matplotlib", "scipy")


@pytest.mark.parametrize("words", [(), *((name,) for name in _names())])
def test_help_takes_less_than_half_a_second_of_a_core(words, tmp_path):
    seconds = []
    for _ in range(2):  # the first may have to compile sources to bytecode
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        process = shell("pass", *words, "--help", cwd=tmp_path)
        assert "--help" in process.communicate()[0]
        assert process.returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(seconds) < 0.5


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("run", "--help"), ("run", "--version")])
def test_help_imports_nothing_heavy(words, tmp_path):
    code = f"import atexit; atexit.register(lambda: print([m for m in {HEAVY} if m in sys.modules]))"
    started = time.perf_counter()
    out, err = shell(code, *words, cwd=tmp_path).communicate(timeout=60)
    assert (out.splitlines()[-1], err) == ("[]", "")
    assert time.perf_counter() - started < 5  # a tenth of it on an idle machine


def test_help_of_run_names_every_key_and_option(turnstile):
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
