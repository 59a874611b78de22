"""``turnstile calibrate``: from a log of trials or of traffic to a preset of one's own."""

import csv
import gzip
import re
from pathlib import Path

from analysis.errors import InputError as TableError
from sim.demand.trace import AZURE, PLAIN
from sim.errors import InputError

_TIMES = {AZURE[0], PLAIN[0]}


def calibrate(file: Path, out: Path, name: str | None) -> None:
    """Fit what ``file`` holds, write it to ``out`` and print how to use it. Raises ``InputError`` on bad input."""
    name = name or re.sub(r"[^\w-]+", "-", file.name.removesuffix(".gz").removesuffix(".csv")).strip("-_")
    try:
        group, paths = _traffic(file, out, name) if _TIMES & _header(file) else _reliability(file, out, name)
    except TableError as error:
        raise InputError(str(error)) from error
    print("\n".join(f"wrote {path}" for path in paths))
    print(f"use it: turnstile run --config-dir {out} {group}={name}")


def _traffic(file: Path, out: Path, name: str):
    from analysis.calibration.traffic import fit_traffic
    from analysis.calibration.traffic_preset import write_traffic
    from sim.demand.trace import read_columns

    result = fit_traffic(read_columns(file), file.name)
    paths = write_traffic(result, out, name)
    fitted = result["demand"]
    print(f"{result['statistics']['rows']:,} turns · {fitted['rate']:,.0f} turns/day · sigma {_list(fitted['sigma'])}")
    return "demand", paths


def _reliability(file: Path, out: Path, name: str):
    from analysis.calibration.reliability import fit_reliability
    from analysis.calibration.trials import read_trials
    from analysis.calibration.writing import write_reliability

    result = fit_reliability(read_trials(file))
    paths = write_reliability(result, out, name)
    shares = " · ".join(f"{key} {_number(result[key])}" for key in ("kappa", "xi"))
    print(f"{len(result['models'])} models · {shares}")
    return "calibration", paths


def _header(file: Path) -> set[str]:
    """Names of the columns; none where the file cannot be read, which its reader words better."""
    try:
        with (gzip.open if file.suffix == ".gz" else open)(file, "rt", encoding="utf-8-sig") as lines:
            return {name.strip() for name in next(csv.reader([lines.readline(65_536)]), [])}
    except (OSError, EOFError, ValueError, csv.Error):
        return set()


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3f}"


def _list(values: list[float]) -> str:
    return ", ".join(map(_number, values)) or "none"
