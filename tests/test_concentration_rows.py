"""The figures of real economies that the page of the baseline quotes are those of the data."""

import csv
import os
from pathlib import Path

import pytest

from scenarios.concentration import REAL


def test_quoted_rows_are_those_of_the_data():
    folder = os.environ.get("TURNSTILE_DATA")
    if not folder:
        pytest.skip("TURNSTILE_DATA names no folder of real data")
    columns = ("date", "n", "gini", "hhi", "top1", "nakamoto33", "nakamoto51")
    with open(Path(folder) / "concentration_stats.csv", encoding="utf-8", newline="") as file:
        rows = {(row["economy"], row["date"]): row for row in csv.DictReader(file)}
    for name, (date, *values) in REAL.items():
        row = rows[name, date]
        assert [float(row[column]) for column in columns[1:]] == values
