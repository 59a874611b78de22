"""Measures that need a process of their own: peak memory, and what compiling costs.

``python -m scenarios.bench.fresh TURNS`` runs the compiled plane for one turn's time, then for TURNS turns, and prints
one JSON object.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

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


def _measure(turns: int, cache: Path | None = None) -> dict:
    # -P: a folder `scenarios` where the command is called must not be taken for ours.
    environment = os.environ | ({"XDG_CACHE_HOME": str(cache)} if cache else {})
    command = [sys.executable, "-P", "-m", "scenarios.bench.fresh", str(turns)]
    return json.loads(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout)


def main(turns: int) -> dict:
    """Run, and say how long the first run took over a second one like it, and how much memory was used in all."""
    from scenarios.bench.plane import run
    from scenarios.bench.world import MARKET, world

    market, seconds = world(*MARKET), []
    for _ in range(2):
        started = perf_counter()
        run(market, FEW)
        seconds.append(perf_counter() - started)
    run(market, turns)
    # ru_maxrss is in KB, on macOS in bytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
    return {"ready_s": seconds[0] - seconds[1], "peak_mb": peak}


if __name__ == "__main__":
    print(json.dumps(main(int(float(sys.argv[1])))))
