"""What a command left in its folder when it was finished: tables, and a record in YAML that says which they are."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import yaml

from analysis.errors import InputError
from analysis.files import digest
from analysis.parquet import reading

STUDY, SWEEP, SENSITIVITY, TUNING = RECORDS = ("study.yaml", "sweep.yaml", "sensitivity.yaml", "tuning.yaml")
"""The records: what a folder is of."""


@contextmanager
def record(path: Path, what: str) -> Iterator[dict]:
    """What the record ``path`` of ``what`` (a study, say) holds; the block takes from it what there must be.

    Raises ``InputError`` where it cannot be read, and where the block does not find what it needs.
    """
    try:
        yield yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read; allowed is the folder of a finished {what}") from error
    except KeyError as error:
        raise InputError(f"{path}: has no key {error}; allowed is what a {what} of this version leaves") from error
    except (yaml.YAMLError, ValueError, TypeError) as error:
        said = " ".join(str(error).split())
        raise InputError(f"{path}: not what a {what} leaves: {type(error).__name__} {said}") from error


def file_name(name: str) -> str:
    """``name`` where it can be that of a file. Raises ``ValueError``."""
    if Path(name).name != name:
        raise ValueError(f"name {name!r}")
    return name


def read_table(folder: Path, name: str, needed: Iterable[str], digests: Mapping[str, str]) -> pd.DataFrame:
    """``folder``/``name``.parquet, whose digest the record has in ``digests``.

    Raises ``InputError`` where it cannot be read, is not the table that the record is of, or lacks a ``needed`` column.
    """
    path = folder / f"{name}.parquet"
    with reading(path):
        found, held = pd.read_parquet(path), digest(path)
    if held != digests.get(name):
        raise InputError(f"{path}: is not the table that was written here last: it is another folder's, or was changed")
    for column in needed:
        if column not in found:
            raise InputError(f"{path}: has no column {column!r}: it is another version's")
    return found
