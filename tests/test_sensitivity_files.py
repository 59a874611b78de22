"""What a sensitivity asks for: what is drawn, with which seeds; what a file or a command may not say gets one line."""

import pytest

from scenarios.sensitivity.definition import names, read
from scenarios.sensitivity.worlds import SEEDS_APART, plan
from sim.errors import InputError
from tests.sensitivities import STUDY, X, said, written
from tests.test_cli import command, refused  # noqa: F401  (command is the fixture `turnstile`)


class TestWhatIsDrawn:
    def test_what_the_arms_differ_in_or_a_line_sets_stays_as_it_is(self, tmp_path):
        study = written(tmp_path / "study.yaml", STUDY | {"base": ["landscape.sd=0.5"]})
        asked = read(written(tmp_path / "s.yaml", {"study": study}), ["learning.gap=0.3"])
        keys = [each.key for each in asked.parameters]
        assert not {"stake.sigma", "landscape.sd", "learning.gap"} & set(keys)
        assert {"learning.v0", "stake.n_c", "router.proportional.alpha"} <= set(keys)
        assert not {"stake.bond", "router.softmax.temperature"} & set(keys)  # of rules that no arm has

    def test_what_is_scheduled_stays_as_it_is(self):
        keys = [each.key for each in read("tightening_standards").parameters]
        assert "governance.strictness" not in keys and "governance.hysteresis" in keys

    def test_arms_of_a_world_share_their_seeds_and_worlds_do_not(self, tmp_path):
        study = written(tmp_path / "study.yaml", STUDY)
        found = plan(read(written(tmp_path / "s.yaml", {"study": study, "parameters": X})), 12, 3)
        points = found.points[found.points["world"] > 0]
        seeds = points.pivot(index=["world", "replicate"], columns="arm", values="seed")
        assert (seeds["low"] == seeds["high"]).all()
        assert seeds["low"].nunique() == 12 * 3
        assert seeds["low"].min() >= SEEDS_APART

    def test_worlds_that_are_compared_share_their_seeds_but_for_the_dummy(self, tmp_path):
        found = plan(read(written(tmp_path / "s.yaml", said(method="sobol"))), 6 * 8, 2)
        seeds = found.points[found.points["replicate"] == 0]["seed"].to_numpy().reshape(8, 6)
        assert (seeds[:, 1:4] == seeds[:, :1]).all()  # A, and AB of each parameter
        assert (seeds[:, 4] == seeds[:, 5]).all() and (seeds[:, 4] != seeds[:, 0]).all()  # the dummy's, and B

    @pytest.mark.parametrize("name", names())
    def test_every_file_composes(self, name):
        asked = read(name)
        assert asked.question.endswith("?")
        assert plan(asked, asked.worlds, 2).jobs


@pytest.mark.parametrize(
    ("keys", "said_so"),
    [
        ({"parameters": {"governance.strictnes": [0.5, 0.6]}}, "did you mean 'governance.strictness'"),
        ({"parameters": {"governance.strictness": [0.6, 0.6]}}, "an empty range"),
        ({"parameters": {"governance.strictness": [0.6, 1.2]}}, "found 1.2; allowed is a number from 0 to 1"),
        ({"parameters": {"governance.strictness": [0, 1, "log"]}}, "a low end above 0"),
        ({"parameters": {"landscape.k": [2.5, 4]}}, "whole numbers"),
        ({"parameters": {"gauntlet.disclosure": [0, 1]}}, "no single number"),
        ({"parameters": {"seed": None}}, "no plausible range (seeds are averaged over)"),
        ({"parameters": {"seed": [1, 9]}}, "worlds have seeds of their own"),
        ({"parameters": {"landscape.n": [6, 8], "landscape.k": [5, 7]}, "worlds": 30}, "landscape.k: found"),
        ({"outputs": ["hhj"]}, "did you mean 'hhi'"),
        ({"outputs": []}, "a list of 1 or more"),
        ({"outputs": ["user_value", "user_value"]}, "allowed are different ones"),
        ({"method": "moris"}, "did you mean 'morris'"),
        ({"method": "signs"}, "without a study nothing has a sign"),
        ({"worlds": 5}, "allowed are at least 10 for morris of 3 parameters"),
        ({"findings": [1]}, "findings are those of a study"),
    ],
)
def test_what_is_wrong_is_one_line(keys, said_so, tmp_path):
    name = written(tmp_path / "s.yaml", said(method="morris") | keys)
    with pytest.raises(InputError) as error:
        asked = read(name)
        plan(asked, asked.worlds, 2)
    assert said_so in str(error.value) and "\n" not in str(error.value)


def test_bad_words_leave_nothing(turnstile):
    assert "did you mean 'baseline'" in refused(turnstile, "sensitivity", "baselin")
    assert "known are learning.gap" in refused(turnstile, "sensitivity", "baseline", "--parameter", "learning.vo")
    assert "not a parameter here" in refused(turnstile, "sensitivity", "baseline", "--parameter", "stake.sigma")
    assert "cannot be read" in refused(turnstile, "sensitivity", "baseline", "--after", "nowhere")


@pytest.mark.parametrize("name", ["baseline", "tightening_standards"])
@pytest.mark.parametrize(
    ("word", "said_so"),
    [
        ("governance.strictnes=1", "governance.strictnes: no such key"),
        ("evidence.visibility=7", "evidence.visibility: found 7"),
        ("stake=nn", "stake: found 'nn'"),
        ("seed=1", "seed: every point has seeds of its own"),
    ],
)
def test_a_wrong_word_of_the_command_line_is_blamed_itself(name, word, said_so, turnstile):
    assert refused(turnstile, "sensitivity", name, word).startswith(f"error: {said_so}")


def test_a_wrong_line_of_the_file_is_blamed_on_it_whatever_the_command_line_says(tmp_path):
    name = written(tmp_path / "s.yaml", said(base=["stake=nn"]))
    with pytest.raises(InputError, match=r"s\.yaml: stake: found 'nn'"):
        read(name, ["learning.gap=0.3"])


@pytest.mark.parametrize(
    ("keys", "said_so"),
    [
        ({"parameters": {"stake.sigma": None}}, "the arms differ in it"),
        ({"findings": [3]}, "a whole number from 1 to 2"),
        ({"outputs": ["user_value"]}, "outputs do not go with a study"),
    ],
)
def test_what_is_wrong_with_a_study_is_one_line(keys, said_so, tmp_path):
    name = written(tmp_path / "s.yaml", {"study": written(tmp_path / "study.yaml", STUDY)} | keys)
    with pytest.raises(InputError) as error:
        read(name)
    assert said_so in str(error.value) and "\n" not in str(error.value)
