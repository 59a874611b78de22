"""What a command leaves when it is finished: tables, and what the folder says of itself."""

import platform
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import pandas as pd
import yaml

from analysis.files import digest
from analysis.finished import RECORDS
from scenarios.runner.part import write_frame
from sim.errors import InputError
from sim.output.disk import writing
from sim.output.provenance import DISTRIBUTION, fingerprint, libraries


def check_folder(folder: Path, record: str, name: str | None = None) -> None:
    """Raise ``InputError`` where ``folder`` has what another command left, or this one under another ``name``."""
    for path in (folder / other for other in RECORDS):
        if not path.is_file():
            continue
        held = _name(path)
        if path.name != record or (name and held and held != name):
            of = f" of {held!r}" if held else ""
            raise InputError(f"{folder}: found {path.name}{of}; allowed is a folder of its own, or a new one")


def _name(path: Path) -> str | None:
    """The name that a record says it is of; None where it says none, or is damaged, and then may be written anew."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8")).get("name")
    except (yaml.YAMLError, UnicodeDecodeError, AttributeError):
        return None


def finish(path: Path, said: Mapping, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write ``tables`` beside ``path``, and there their record as YAML: ``said``, the versions, a digest of each table.

    Each is written whole or not at all, the same bytes every time, and the record last: where it is missing or is not
    of the tables, the command was not finished. Raises ``InputError`` where the disk refuses.
    """
    for name, table in tables.items():
        write_frame(path.parent, name, table)
    versions = {
        "turnstile": metadata.version(DISTRIBUTION),
        "simulator": fingerprint(),
        "python": platform.python_version(),
        "libraries": libraries(),
    }
    digests = {name: digest(path.with_name(f"{name}.parquet")) for name in tables}
    hidden = path.with_name(f".{path.name}")
    with writing(path):
        held = {**said, "versions": versions, "tables": digests}
        text = yaml.safe_dump(held, sort_keys=False, allow_unicode=True, width=120)
        hidden.write_text(text, encoding="utf-8")
        hidden.rename(path)
