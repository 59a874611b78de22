"""``turnstile calibrate``: from a log of trials or of traffic to a preset of one's own."""

import csv
import gzip
import re
from importlib import metadata
from pathlib import Path

from analysis.errors import InputError as TableError
from sim.demand.trace import AZURE, PLAIN
from sim.errors import InputError
from sim.output.provenance import DISTRIBUTION

_TIMES = {AZURE[0], PLAIN[0]}


def calibrate(file: Path, out: Path, name: str | None, replace: bool) -> None:
    """Fit what ``file`` holds, write it to ``out`` and print how to use it.

    Files that are there are replaced where ``replace``. Raises ``InputError`` on bad input.
    """
    name = name or re.sub(r"[^\w-]+", "-", file.resolve().name.removesuffix(".gz").removesuffix(".csv")).strip("-_")
    try:
        fit = _traffic if _TIMES & _header(file) else _reliability
        group, paths = fit(file, out, name, replace)
    except TableError as error:
        raise InputError(str(error)) from error
    print("\n".join(f"wrote {path}" for path in paths))
    print(f"use it: turnstile run --config-dir {out} {group}={name}")


def _traffic(file: Path, out: Path, name: str, replace: bool):
    from analysis.calibration.traffic import fit_traffic
    from analysis.calibration.traffic_preset import places, write_traffic
    from scenarios.calibrated import show_traffic
    from sim.demand.trace import read_columns

    places(out, name, replace)  # refuses now what would be refused after the work
    result = fit_traffic(read_columns(file), file.name)
    paths = write_traffic(result, out, name, replace)
    show_traffic(result)
    return "demand", paths


def _reliability(file: Path, out: Path, name: str, replace: bool):
    from analysis.calibration.reliability import fit_reliability
    from analysis.calibration.trials import read_trials
    from analysis.calibration.writing import grouped, left_out, places, write_reliability
    from scenarios.calibrated import show_reliability

    places(out, name, replace)  # refuses now what would be refused after the work
    trials = read_trials(file)
    result = fit_reliability(trials)
    paths = write_reliability(result, out, name, replace, _prediction(trials, file.name))
    show_reliability(result)
    if unusable := left_out(result):
        print(f"left out of the preset: {grouped(unusable)}")
    return "calibration", paths


def _prediction(trials, log: str) -> dict[str, str | bytes]:
    """How well a fit to the first trials of each task predicts all of them; in sample where only counts are known."""
    from analysis.calibration.figure import TITLE, draw_prediction
    from analysis.calibration.prediction import predict, predict_in_sample
    from analysis.style import rendered, styled

    ordered = trials.log is not None
    table = predict(trials) if ordered else predict_in_sample(trials.counts)
    if table.empty:
        return {}
    origin = f"turnstile-sim {metadata.version(DISTRIBUTION)}, calibrated on {log}"
    with styled():
        drawn = rendered(draw_prediction(table, "all" if ordered else "in sample"), TITLE, origin)
    figures = {f"prediction{kind}": content for kind, content in drawn.items()}
    return {"prediction.csv": table.to_csv(index=False, float_format="%.6g"), **figures}


def _header(file: Path) -> set[str]:
    """Names of the columns; none where the file cannot be read, which its reader words better."""
    try:
        with (gzip.open if file.suffix == ".gz" else open)(file, "rt", encoding="utf-8-sig") as lines:
            return {name.strip() for name in next(csv.reader([lines.readline(65_536)]), [])}
    except (OSError, EOFError, ValueError, csv.Error):
        return set()
