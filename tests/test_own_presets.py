"""Mistakes in a preset of one's own, in the folder that ``--config-dir`` names."""

from pathlib import Path

import pytest

from tests.faked import command  # noqa: F401  (the fixture `turnstile`)


def own_preset(text: str, name: str = "mine/retry/patient.yaml") -> None:
    Path(name).parent.mkdir(parents=True)
    Path(name).write_text(text)


@pytest.mark.parametrize(("text", "line"), {
    "defaults: [nnoe, _self_]": "retry: found 'nnoe'; there is no such preset; did you mean 'none'?",
    "defaults: [none, _self_]\nretrys: 5": "retry.retrys: no such key; did you mean 'retry.retries'?",
    "retries: 5": "retry.kinds: missing; ",
    "defaults: [none, _self_]\nretries: .nan": "retry.retries: found nan; allowed is a whole number ",
    "defaults: [patient, _self_]": "defaults: found presets that nest without end; ",
    "[1, 2]": "retry: found [1, 2]; allowed is a group of keys",
    "": "retry.retries: missing; ",
    "defaults: [none, _self_]\n_target_: os.system": "retry._target_: no such key",
}.items())
def test_mistakes_in_a_preset_of_ones_own_get_one_line(text, line, turnstile):
    own_preset(text)
    code, out, err = turnstile("run", "--config-dir=mine", "retry=patient")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert err.startswith(f"error: {line}")


def test_a_preset_that_ours_would_hide_is_refused(turnstile):
    own_preset("defaults: [none, _self_]\nretries: 5", "mine/retry/openai.yaml")
    code, out, err = turnstile("run", "--config-dir=mine", "retry=openai")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert err.startswith("error: mine/retry/openai.yaml: Turnstile has a preset of this name")
