"""How the benchmarks measure: by turns, on the same machine, in the same minutes.

Seconds are CPU time: whoever is measured runs in one thread, and who else uses the machine should not count.
"""

import os
import platform
from collections.abc import Callable, Mapping
from statistics import median
from time import process_time as clock

__all__ = ["clock", "interleaved", "machine", "ratio"]


def interleaved(measures: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Call every measure once a round, A B A B, so that a slow minute slows them all."""
    results: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            results[name].append(measure())
    return results


def ratio(above: list[float], below: list[float]) -> float:
    """Median over the rounds of one measure over another."""
    return median(a / b for a, b in zip(above, below, strict=True))


def machine() -> dict:
    """What the numbers were measured on."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
