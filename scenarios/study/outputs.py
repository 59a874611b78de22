"""What a study leaves beside its runs: its tables and its own file."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from analysis.finished import STUDY
from scenarios.runner.record import finish
from scenarios.study.definition import Study
from scenarios.study.solving import Solved


def solved_table(solved: Iterable[Solved]) -> pd.DataFrame:
    """A row for each arm and guard that was solved for, with the residual."""
    table = pd.DataFrame(solved, columns=Solved._fields)
    return table.assign(residual=table["found"].astype(float) - table["target"].astype(float))


def write_study(folder: Path, study: Study, overrides: Iterable[str], seeds: int, **tables: pd.DataFrame) -> None:
    """Write ``tables`` and ``study.yaml``: the file as it was read, what the command line changed, and the versions."""
    said = {"name": study.name, "study": study.said, "overrides": list(overrides), "seeds": seeds}
    finish(folder / STUDY, said, tables)
