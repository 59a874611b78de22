"""Measures that need a process of their own: peak memory, what compiling costs, and how soon help answers.

``python -m scenarios.bench.fresh TURNS`` runs the compiled plane twice for a few turns, then for TURNS turns, and
prints one JSON object; ``python -m scenarios.bench.fresh KEY=VALUE ...`` runs the economy instead, and
``python -m scenarios.bench.fresh FOLDER`` takes all measures of every run in a store.
"""

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from scenarios.bench.timing import clock

FEW = 1000
"""Turns of a run whose time is nothing but start and compiling."""


def peak_memory(turns: int) -> float:
    """Peak resident memory in MB of a process that simulates ``turns`` turns."""
    return _measure(turns)["peak_mb"]


def compile_seconds() -> tuple[float, float]:
    """Seconds until the compiled plane is ready: with an empty cache, and with the cache that this leaves."""
    with tempfile.TemporaryDirectory() as home:
        cold, cached = (_measure(FEW, cache=Path(home))["ready_s"] for _ in range(2))
    return cold, cached


def whole_run_of(*overrides: str) -> tuple[float, float]:
    """(seconds, peak MB) of a run of the default configuration with ``overrides``, once everything is compiled."""
    found = _measure(*overrides)
    return found["run_s"], found["peak_mb"]


def measuring_of(folder: Path) -> tuple[float, float]:
    """(seconds a run, peak MB) of taking all measures of every run in the store ``folder``, on one core."""
    found = _measure(str(folder))
    return found["seconds_a_run"], found["peak_mb"]


def help_seconds(*words: str) -> float:
    """CPU seconds that ``turnstile WORDS --help`` takes, from the start of its process to its end."""
    program = "import sys; from scenarios.cli import main; sys.exit(main())"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-P", "-c", program, *words, "--help"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _measure(*arguments: int | str, cache: Path | None = None) -> dict:
    # -P: a folder `scenarios` where the command is called must not be taken for ours.
    environment = os.environ | ({"XDG_CACHE_HOME": str(cache)} if cache else {})
    command = [sys.executable, "-P", "-m", "scenarios.bench.fresh", *map(str, arguments)]
    return json.loads(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout)


def main(turns: int) -> dict:
    """Run, and say how long the first run took over a second one like it, and how much memory was used in all."""
    from scenarios.bench.plane import run
    from scenarios.bench.world import MARKET, world

    market, seconds = world(*MARKET), []
    for _ in range(2):
        started = clock()
        run(market, FEW)
        seconds.append(clock() - started)
    run(market, turns)
    return {"ready_s": seconds[0] - seconds[1], "peak_mb": peak_mb()}


def whole(*overrides: str) -> dict:
    """Run the economy, and say how long it took and how much memory was used in all."""
    from sim.compose import configure
    from sim.simulation import simulate

    simulate(configure("horizon_days=3", "warmup_days=0"))
    started = clock()
    simulate(configure(*overrides))
    return {"run_s": clock() - started, "peak_mb": peak_mb()}


def measuring(folder: Path) -> dict:
    """Take all measures of every run in a store, and say how long one took and how much memory was used in all."""
    from analysis.measuring import MEASURES, measure_store

    started = clock()
    runs = len(measure_store(folder, [*MEASURES]))
    return {"seconds_a_run": (clock() - started) / runs, "peak_mb": peak_mb()}


def peak_mb() -> float:
    """Peak resident memory of this process in MB."""
    try:
        # getrusage would count the parent that started us: Linux keeps its peak across exec.
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) / 1024
    except OSError:
        # KB, on macOS bytes.
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    overrides, first = [word for word in sys.argv[1:] if "=" in word], sys.argv[1]
    if overrides:
        found = whole(*overrides)
    else:
        found = measuring(Path(first)) if os.path.isdir(first) else main(int(float(first)))
    print(json.dumps(found))
