"""The command: good input runs, bad input gets exactly one line and leaves nothing."""

import json
import os
import re
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sim.errors import InputError
from sim.shell.guard import INTERRUPTED, guarded
from tests.faked import command, simulate  # noqa: F401  (command is the fixture `turnstile`)
from tests.shell import shell

ROOT = Path(__file__).parent.parent


def refused(call, *words: str) -> str:
    """The one line that ``words`` get; nothing may be printed or left beside it."""
    before = sorted(Path.cwd().rglob("*"))
    code, out, err = call(*words)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1, err
    assert "Traceback" not in err
    assert sorted(Path.cwd().rglob("*")) == before
    return err


# ---- runs -----------------------------------------------------------------------------------------------------------


def test_a_run_writes_its_folder_and_names_its_files(turnstile, tmp_path):
    code, out, err = turnstile("run", "hydra.run.dir=one", "output.attempts=true")
    assert (code, err) == (0, "")
    files = {"attempts.parquet", "config.yaml", "figure.png", "provenance.json", "summary.json", "timeline.parquet"}
    assert set(os.listdir("one")) == files
    assert all(file in out for file in files)
    assert json.loads(Path("one/summary.json").read_text())["latency_p50_s"] is None


def test_the_economy_is_summed_up_where_there_is_one(turnstile):
    def market(config, **_):
        result = simulate(config)
        result.summary = {**result.summary, "submissions": 468, "welfare": 1060795.488}
        return result

    assert "welfare" not in turnstile("run")[1]
    lines = turnstile("run", simulate=market)[1].splitlines()
    assert [line.split() for line in lines if line.startswith(("subm", "welf"))] == [
        ["submissions", "468", "submissions"], ["welfare", "1,060,795", "credits"]
    ]  # fmt: skip


def test_figures_can_be_left_out(turnstile):
    assert turnstile("run", "hydra.run.dir=one", "output.figures=false")[0] == 0
    assert "figure.png" not in os.listdir("one")


def test_its_configuration_runs_again_to_the_same_bytes(turnstile):
    assert turnstile("run", "hydra.run.dir=one", "retry=none", "demand.rate=123", "engine=reference")[0] == 0
    assert turnstile("run", "one/config.yaml", "hydra.run.dir=two")[0] == 0
    assert Path("one/config.yaml").read_bytes() == Path("two/config.yaml").read_bytes()
    assert "engine" not in Path("one/config.yaml").read_text()
    assert turnstile("run", "hydra.run.dir=three", "two/config.yaml", "seed=7")[0] == 0
    assert Path("three/config.yaml").read_text().startswith("seed: 7\n")
    assert "rate: 123" in Path("three/config.yaml").read_text()


def test_a_multirun_runs_every_combination(turnstile):
    code, out, err = turnstile("run", "-m", "seed=1,2", "retry=none,openai", "hydra.sweep.dir=grid")
    assert (code, err) == (0, "")
    assert len(out.splitlines()) == 4
    assert set(os.listdir("grid")) == {"0", "1", "2", "3", "multirun.yaml"}
    assert {f"seed={s} retry={r}" in out for s in (1, 2) for r in ("none", "openai")} == {True}


def test_a_run_that_fails_on_its_input_gets_one_line_too(turnstile):
    def fails(config, **_):
        raise InputError("trace.csv:7: found nothing; allowed is a number")

    code, out, err = turnstile("run", "hydra.run.dir=one", simulate=fails)
    assert (code, out, err) == (2, "", "error: trace.csv:7: found nothing; allowed is a number\n")
    assert os.listdir() == []


def test_a_failing_run_of_a_multirun_says_so_and_the_others_go_on(turnstile):
    def sometimes(config, **kwargs):
        if config.seed == 2:
            raise InputError("demand.path: row 3 is bad")
        return simulate(config, **kwargs)

    code, out, err = turnstile("run", "-m", "seed=1,2,3", "hydra.sweep.dir=grid", simulate=sometimes)
    assert (code, err) == (2, "error: run 1: demand.path: row 3 is bad\n")
    assert len(out.splitlines()) == 2
    assert set(os.listdir("grid")) == {"0", "2", "multirun.yaml"}


def test_presets_of_ones_own(turnstile):
    Path("mine/retry").mkdir(parents=True)
    Path("mine/retry/patient.yaml").write_text("defaults: [none, _self_]\nretries: 7\n")
    assert turnstile("run", "--config-dir", "mine", "retry=patient", "hydra.run.dir=one")[0] == 0
    assert "retries: 7" in Path("one/config.yaml").read_text()


def test_the_composed_configuration_can_be_printed(turnstile):
    code, out, _ = turnstile("run", "--cfg", "job", "seed=5")
    assert code == 0
    assert out.startswith("seed: 5\n")
    assert os.listdir() == []


def test_a_fault_of_turnstile_keeps_its_traceback_and_leaves_nothing(turnstile):
    def faulty(config, **_):
        raise KeyError("a bug")

    with pytest.raises(KeyError, match="a bug") as caught:
        turnstile("run", "hydra.run.dir=one", simulate=faulty)
    assert "fault of Turnstile" in caught.value.__notes__[0]
    assert os.listdir() == []


# ---- bad input ------------------------------------------------------------------------------------------------------

BAD = {
    "demand.rat=3": "demand.rat: no such key; did you mean 'demand.rate'?",
    "rety=none": "rety: no such key; did you mean 'retry'?",
    "retry=opnai": "retry: found 'opnai'; there is no such preset; did you mean 'openai'?",
    "+foo=1": "foo: no such key",
    "++demand.foo=1": "demand.foo: no such key",
    "+demand.rate=1": "demand.rate: is there already; override it without +",
    "~demand.rate": "demand.rate: missing",
    "demand.rate=abc": "demand.rate: found 'abc'; allowed is a number",
    "demand.rate=-3": "demand.rate: found -3; allowed is a number from 1e-06 to 1e+09 (turns/day)",
    "retry=null": "retry: found null; allowed is one of aws_standard, envoy, ",
    "demand=null": "demand: found null; allowed is one of modulated, poisson, trace",
    "retry=3": "retry: found 3; allowed is one of ",
    "hydra/launcher=null": "hydra/launcher: found null; allowed is the name of an option",
    "retry": "'retry': found a word without =; allowed are KEY=VALUE such as ",
    "runs/mine": "'runs/mine': found a word without =; allowed are KEY=VALUE such as ",
    "/": "'/': found a folder, which hydra.run.dir=FOLDER writes into; allowed are KEY=VALUE",
    "": "'': found a word without =",
    "=3": "'=3': found a value without a key; allowed are KEY=VALUE such as ",
    "demand.rate=nan": "demand.rate: found nan",
    "demand.rate=inf": "demand.rate: found inf",
    "demand.rate=${no.such}": "demand.rate: ",
    "seed=${oc.env:NO_SUCH_VARIABLE}": "seed: ",
    "demand.rate=???": "demand.rate: found ???",
    "demand.rate=[1,": "'demand.rate=[1,': not an override",
    "retry=none,openai": "retry=none,openai: several values are a sweep",
    "demand=trace": "demand.path: found null",
    "router.allocation=propotional": "router.allocation: found 'propotional'",
    "developers.policy=mansoo": "developers.policy: found 'mansoo'; allowed is a policy or ",
    "developers.cleanup.study=[0,1,2,3,4,5,6,7]": "developers: stakes x rehearsals x cleanup.hours x ",
    "hydra.run.dri=x": "hydra.run.dri: ",
    f"hydra.run.dir={'x' * 300}": "hydra.run.dir: /",
    "hydra.run.dir=/dev/null/x": "hydra.run.dir: /dev/null/x cannot be made: Not a directory",
    "hydra.run.dir=.": "hydra.run.dir: ",
    "hydra.output_subdir=x": "hydra.output_subdir: ",
    "no.yaml": "no.yaml: cannot be read: No such file",
    "--nonsense": "unrecognized arguments: --nonsense",
    "--config-dir=nowhere": "--config-dir: nowhere is no folder",
    "--config-name=none": "none: no such configuration",
}


@pytest.mark.parametrize("word", BAD)
def test_bad_input_gets_one_line_that_names_it(word, turnstile, monkeypatch):
    monkeypatch.delenv("HYDRA_FULL_ERROR", raising=False)
    line = refused(turnstile, "run", word)
    assert line.startswith(f"error: {BAD[word]}")
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")
    assert refused(turnstile, "run", word) == line


def test_a_trace_that_is_not_there_is_named(turnstile):
    line = refused(turnstile, "run", "demand=trace", "demand.path=no.csv", "horizon_days=null", "warmup_days=0")
    assert line == "error: demand.path: no.csv cannot be read: No such file or directory\n"


@pytest.mark.parametrize("point", ["demand.rate=1,-2", "retry=none,opnai", "demand=poisson,trace", "retry=none,null",
                                   "+foo=1,2"])
def test_every_point_of_a_multirun_is_checked_before_the_first_runs(point, turnstile):
    refused(turnstile, "run", "-m", "seed=1,2", point)


def test_a_folder_that_holds_a_run_is_refused(turnstile):
    turnstile("run", "hydra.run.dir=one")
    assert "already holds a run" in refused(turnstile, "run", "hydra.run.dir=one")
    assert "already holds a run" in refused(turnstile, "run", "-m", "seed=1,2", "hydra.sweep.dir=one")


def test_yaml_that_is_not_names_its_file_and_line(turnstile):
    Path("mine/retry").mkdir(parents=True)
    Path("mine/retry/bad.yaml").write_text("retries: 1\nkinds: [timeout\nbase_s: 3\n")
    line = refused(turnstile, "run", "--config-dir=mine", "retry=bad")
    assert re.match(r"error: \S*mine/retry/bad\.yaml:[23]: not valid YAML", line)
    line = refused(turnstile, "run", "mine/retry/bad.yaml")
    assert re.match(r"error: \S*mine/retry/bad\.yaml:[23]: not valid YAML", line)


def test_a_preset_that_is_not_utf_8_is_named(turnstile):
    Path("mine/retry").mkdir(parents=True)
    Path("mine/retry/caf.yaml").write_bytes("# café\nretries: 1\n".encode("latin-1"))
    own = ["--config-dir=mine", "retry=caf"]
    for words in (own, ["-m", *own], ["mine/retry/caf.yaml"]):
        line = refused(turnstile, "run", *words)
        assert re.match(r"error: \S*mine/retry/caf\.yaml: found bytes that are no text; allowed is UTF-8", line)


def test_an_option_of_ones_own_is_offered_too(turnstile):
    Path("mine/retry").mkdir(parents=True)
    Path("mine/retry/patient.yaml").write_text("defaults: [none, _self_]\n")
    assert "openai, patient" in refused(turnstile, "run", "--config-dir=mine", "retry=null")


def test_groups_that_a_file_states_cannot_be_chosen_anew(turnstile):
    Path("mine.yaml").write_text("retry: {retries: 3}\n")
    assert "retry: mine.yaml states its keys already" in refused(turnstile, "run", "mine.yaml", "retry=none")


# Without keys that name places: what is typed here must not be able to write anywhere.
NAMES = st.sampled_from(["seed", "demand", "demand.rate", "retry", "hydra/launcher", "hydra.mode", "tick_s", "foo"])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sign=st.sampled_from(["", "", "+", "++", "~"]), name=NAMES | st.text(max_size=5),
       value=st.text(max_size=8) | st.integers().map(str) | st.floats().map(str))
@example(sign="", name="demand", value="null")
@example(sign="", name="seed", value="9" * 5000)
@example(sign="", name="hydra.run.dir", value="null")
def test_whatever_is_typed_runs_or_gets_one_line(sign, name, value, turnstile):
    word = f"{sign}{name}={value}"
    before = set(os.listdir())
    code, _, err = turnstile("run", "--", word)
    assert code in (0, 2)
    if code:
        assert len(err.splitlines()) == 1
        assert err.startswith("error: ")
        assert set(os.listdir()) == before


@pytest.mark.parametrize(("words", "line"), {
    ("rnu",): "rnu: no such command; did you mean 'run'?",
    ("list", "rooters"): "rooters: nothing of this kind to list; did you mean 'routers'?",
    ("calibrate",): "Missing argument 'file'.",
    ("--nonsense",): "No such option: --nonsense",
}.items())
def test_bad_commands_get_one_line_too(words, line, turnstile):
    assert refused(turnstile, *words) == f"error: {line}\n"


# ---- interruption ---------------------------------------------------------------------------------------------------


def test_ctrl_c_in_a_library_that_then_stumbles_is_no_fault(capsys):
    def stumbles():
        try:
            raise KeyboardInterrupt
        finally:
            raise AttributeError("half-done")

    assert guarded(stumbles) == INTERRUPTED
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(("sign", "code", "line"), [
    (signal.SIGINT, 130, r"error: interrupted.*\n"),
    (signal.SIGTERM, 143, ""),
])
def test_an_interrupted_run_says_so_and_leaves_nothing(sign, code, line, tmp_path):
    fake = "from tests.faked import install, forever; install(forever)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = shell(fake, "run", "hydra.run.dir=deep/one", cwd=tmp_path, env=environment)
    assert process.stdout.readline() == "begun\n"
    process.send_signal(sign)
    _, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert re.fullmatch(line, err)
    assert os.listdir(tmp_path) == []
