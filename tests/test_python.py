"""The simulator from Python."""

from dataclasses import replace

import pytest

import sim
from sim.errors import InputError
from tests.configs import config


def test_the_same_configuration_as_on_the_command_line():
    assert sim.configure("developers=none", "retry=envoy", "seed=7") == config("retry=envoy", seed=7)


def test_presets_of_ones_own(tmp_path):
    (tmp_path / "retry").mkdir()
    (tmp_path / "retry" / "mine.yaml").write_text("defaults: [none, _self_]\nretries: 9\n")
    assert sim.configure("retry=mine", folder=tmp_path).retry.retries == 9


@pytest.mark.parametrize(("override", "line"), {
    "demand.rate=-1": r"demand\.rate: found -1",
    "demand.rat=1": r"demand\.rat: no such key; did you mean 'demand\.rate'",
    "retry=opnai": r"retry: found 'opnai'.*'openai'",
    "retry": "a word without =",
    "demand.rate=[1,": "not an override",
    "demand.rate=???": r"demand\.rate: found \?\?\?",
    "demand.rate=${no.such}": r"demand\.rate: ",
}.items())
def test_bad_overrides_are_refused(override, line):
    with pytest.raises(InputError, match=line):
        sim.configure(override)


def test_keys_that_were_replaced_are_checked_when_it_runs():
    good = sim.configure("horizon_days=1", "warmup_days=0")
    for wrong, line in (
        (replace(good, seed=-4), r"^seed: found -4; allowed is a whole number from 0 to "),
        (replace(good, demand=replace(good.demand, rate="many")), r"^demand\.rate: found 'many'"),
        (replace(good, warmup_days=1.0), r"^warmup_days: found 1; allowed is a warm-up"),
    ):
        with pytest.raises(InputError, match=line):
            sim.simulate(wrong)


def test_bad_presets_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"folder: \S*nowhere is no folder"):
        sim.configure(folder=tmp_path / "nowhere")
    (tmp_path / "retry").mkdir()
    (tmp_path / "retry" / "mine.yaml").write_text("retries: [1\n")
    with pytest.raises(InputError, match=r"mine\.yaml:\d: not valid YAML"):
        sim.configure("retry=mine", folder=tmp_path)


def test_a_run_conserves_turns():
    result = sim.simulate(sim.configure("horizon_days=1", "warmup_days=0"))
    s = result.summary
    assert s["turns"] == s["turns_ok"] + s["turns_failed"] + s["turns_bad_unnoticed"] + s["turns_in_flight"] > 10_000
    assert result.tables["models"]["turns"].sum() == s["turns"]
