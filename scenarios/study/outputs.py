"""What a study leaves beside its runs: tables and its own file, each whole or not at all, the same bytes every time."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from scenarios.runner.part import write_frame
from scenarios.runner.record import write_record
from scenarios.study.definition import Study
from scenarios.study.solving import Solved

POINTS, MEASURES, FINDINGS, SOLVED = "points", "measures", "findings", "solved"
CROSSINGS, ATTRIBUTION = "crossings", "attribution"


def write_solved(folder: Path, solved: Iterable[Solved]) -> None:
    """Write what was solved for, with the residual of each; nothing where there is nothing."""
    table = pd.DataFrame(solved, columns=Solved._fields)
    write_any(folder, SOLVED, table.assign(residual=table["found"] - table["target"]))


def write_any(folder: Path, name: str, table: pd.DataFrame) -> None:
    """Write a table that not every study has; nothing where it has no row."""
    if len(table):
        write_frame(folder, name, table)
    else:
        (folder / f"{name}.parquet").unlink(missing_ok=True)


def write_study(folder: Path, study: Study, overrides: Iterable[str], seeds: int) -> None:
    """Write ``study.yaml``: the file as it was read, what the command line changed, and the versions that ran it."""
    said = {"name": study.name, "study": study.said, "overrides": list(overrides), "seeds": seeds}
    write_record(folder / "study.yaml", said)
