"""Writes what a calibration found: all of its files or none, and never over another's unasked."""

import contextlib
import json
import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from analysis.errors import InputError


def check_places(paths: Collection[Path], name: str, taken: Collection[str], replace: bool) -> None:
    """Refuse a preset ``name`` that cannot name a file or is one of ours (``taken``), and ``paths`` that are there.

    Files that are there are allowed where ``replace``. Raises ``InputError``.
    """
    if not re.fullmatch(r"[A-Za-z0-9][\w-]*", name) or name in taken:
        allowed = f"letters, digits, '_' and '-', but not {', '.join(taken)}"
        raise InputError(f"preset name: found {name!r}; allowed are {allowed}")
    for path in paths:
        if path.is_dir() or (os.path.lexists(path) and not replace):
            raise InputError(f"{path}: found it there already; allowed is a new file, or --force to replace old ones")


def as_json(result: Mapping) -> str:
    """The text of a file of results."""
    return json.dumps(result, indent=2, allow_nan=False, ensure_ascii=False) + "\n"


def write_together(contents: Mapping[Path, str | bytes]) -> None:
    """Write each content under a hidden name beside its place, then move all; a failure leaves what was there.

    Raises ``InputError`` where a file cannot be written.
    """
    hidden = {path: path.with_name(f".{path.name}.{os.getpid()}") for path in contents}
    parents = {folder for path in contents for folder in path.parents}
    made = sorted((folder for folder in parents if not folder.exists()), reverse=True)
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            hidden[path].write_bytes(content.encode() if isinstance(content, str) else content)
        for path in contents:
            os.replace(hidden[path], path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None
    finally:
        for path in hidden.values():
            with contextlib.suppress(OSError):
                path.unlink()
        for folder in made:  # innermost first; what now holds something stays
            with contextlib.suppress(OSError):
                folder.rmdir()
