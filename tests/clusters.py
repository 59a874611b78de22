"""A Dask scheduler and workers as the documentation starts them, in processes of their own."""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]


def dask(*words: object) -> subprocess.Popen:
    """``dask WORDS``, without its logs."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}
    command = [sys.executable, "-m", "dask", *map(str, words), "--no-dashboard"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextmanager
def cluster(folder: Path, workers: int):
    """(address, processes of the workers) of a scheduler on a free port of this machine."""
    file = folder / "scheduler.json"
    scheduler = dask("scheduler", "--host", "127.0.0.1", "--port", 0, "--scheduler-file", file)
    staff = []
    try:
        while not file.exists() or not file.read_text():
            assert scheduler.poll() is None, "the scheduler does not start"
            time.sleep(0.05)
        address = json.loads(file.read_text())["address"]
        staff += [worker(address, folder) for _ in range(workers)]
        yield address, staff
    finally:
        for process in (*staff, scheduler):
            process.terminate()
            process.wait()


def worker(address: str, folder: Path) -> subprocess.Popen:
    """A worker of one thread, without a nanny, so that it can be killed for good."""
    return dask("worker", address, "--nthreads", 1, "--no-nanny", "--local-directory", folder)
