"""The simulator from Python."""

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


def test_bad_values_are_refused():
    with pytest.raises(InputError, match=r"demand\.rate"):
        sim.configure("demand.rate=-1")


def test_a_run_conserves_turns():
    result = sim.simulate(sim.configure("horizon_days=1", "warmup_days=0"))
    s = result.summary
    assert s["turns"] == s["turns_ok"] + s["turns_failed"] + s["turns_bad_unnoticed"] + s["turns_in_flight"] > 10_000
    assert result.tables["models"]["turns"].sum() == s["turns"]
