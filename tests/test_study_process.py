"""``turnstile study`` as a process: Ctrl-C, a second one in its folder, a disk that refuses."""

import os
import resource
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.shell import shell
from tests.verification.test_interruptions import STUDY, alone_in_group, files

SMALL_BATCHES = "from scenarios.runner import pool; pool.BATCH_S = 0.5"


@pytest.fixture
def study(tmp_path):
    """Starts ``turnstile study`` in a folder of its own, as the leader of a group."""
    (tmp_path / "mine.yaml").write_text(STUDY.replace("SEEDS", "40"))
    begun = []

    def begin(*words: object, **options) -> subprocess.Popen:
        command = ("study", "mine.yaml", "--out", "out", *map(str, words))
        begun.append(shell(SMALL_BATCHES, *command, cwd=tmp_path, start_new_session=True, **options))
        return begun[-1]

    yield begin
    for process in begun:
        if process.poll() is None:
            process.kill()
            process.communicate()


def at_work(process: subprocess.Popen, out: Path) -> None:
    """Wait until the first runs are kept."""
    while not list(out.glob(".journal/*.arrow")):
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.01)


def one_line(process: subprocess.Popen) -> str:
    """The line with which bad input ends."""
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "") and len(err.splitlines()) == 1 and "Traceback" not in err, err
    return err


@pytest.mark.parametrize(("workers", "after_s"), [(1, 0.3), (2, 0.0), (2, 4.0)])
def test_ctrl_c_ends_in_two_lines_and_says_how_to_resume(study, workers, after_s, tmp_path):
    process = study("--seeds", 2000, "--workers", workers)
    at_work(process, tmp_path / "out")
    time.sleep(after_s)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: everybody in the group hears it
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err.splitlines() == [
        "error: out: what was finished is kept; the same command goes on",
        "error: interrupted: what was finished is kept, what was not left nothing behind",
    ]
    assert alone_in_group(process.pid), "a worker stays"


def test_a_second_study_in_the_folder_is_refused_and_the_first_goes_on(study, tmp_path):
    first = study("--seeds", 12, "--workers", 1)
    at_work(first, tmp_path / "out")
    first.send_signal(signal.SIGSTOP)  # it has the folder, however long the second takes to start
    assert "another process is writing" in one_line(study("--seeds", 13, "--workers", 1))
    first.send_signal(signal.SIGCONT)
    out, err = first.communicate(timeout=120)
    assert (first.returncode, err) == (0, "") and "48 runs in out" in out


def test_a_disk_that_takes_no_more_is_one_line_and_nothing_is_lost(study, tmp_path):
    def full():
        resource.setrlimit(resource.RLIMIT_FSIZE, (90_000, resource.RLIM_INFINITY))  # an entry of two runs, not of four

    seeds = ("--seeds", 4, "--workers", 1)
    assert "File too large" in one_line(study(*seeds, preexec_fn=full))
    kept = len(list((tmp_path / "out" / ".journal").iterdir()))
    assert kept and not list((tmp_path / "out").glob("*.parquet"))
    out, _ = study(*seeds).communicate(timeout=120)
    assert "16 runs in out" in out
    found = files(tmp_path / "out")
    (tmp_path / "out").rename(tmp_path / "resumed")
    study(*seeds).communicate(timeout=120)
    assert found == files(tmp_path / "out")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_folder_that_is_read_only_is_one_line(study, tmp_path):
    (tmp_path / "out").mkdir(mode=0o500)
    assert "out: cannot be written: Permission denied" in one_line(study("--workers", 1))
