"""What a folder of runs says of itself: what was asked, and the versions that ran it."""

import platform
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import yaml

from sim.output.disk import writing
from sim.output.provenance import DISTRIBUTION, fingerprint, libraries


def write_record(path: Path, said: Mapping) -> None:
    """Write ``said`` and the versions as YAML, whole or not at all, the same bytes every time."""
    versions = {
        "turnstile": metadata.version(DISTRIBUTION),
        "simulator": fingerprint(),
        "python": platform.python_version(),
        "libraries": libraries(),
    }
    hidden = path.with_name(f".{path.name}")
    with writing(path):
        text = yaml.safe_dump({**said, "versions": versions}, sort_keys=False, allow_unicode=True, width=120)
        hidden.write_text(text, encoding="utf-8")
        hidden.rename(path)
