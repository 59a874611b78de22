"""Writes what a calibration found: all of its files or none."""

import contextlib
import json
import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from analysis.errors import InputError


def write_result(
    result: Mapping, results: Path, text: str, group: Path, name: str, taken: Collection[str]
) -> tuple[Path, Path]:
    """Write ``result`` as JSON to ``results`` and the preset's ``text`` to ``group``/``name``.yaml, replacing old ones.

    Returns both paths. Raises ``InputError`` where ``name`` is not one word that can name a file, or is one of ours
    (``taken``), or where a folder cannot be written; then what was there is left.
    """
    if not re.fullmatch(r"[A-Za-z0-9][\w-]*", name) or name in taken:
        allowed = f"letters, digits, '_' and '-', but not {', '.join(taken)}"
        raise InputError(f"preset name: found {name!r}; allowed are {allowed}")
    preset = group / f"{name}.yaml"
    write_together({results: json.dumps(result, indent=2, allow_nan=False, ensure_ascii=False) + "\n", preset: text})
    return results, preset


def write_together(texts: Mapping[Path, str]) -> None:
    """Write each text under a hidden name beside its place, then move all; a failure leaves what was there.

    Raises ``InputError`` where a folder cannot be written.
    """
    hidden = {path: path.with_name(f".{path.name}.{os.getpid()}") for path in texts}
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            hidden[path].write_text(text, encoding="utf-8")
        for path in texts:
            os.replace(hidden[path], path)
    except OSError as error:
        raise InputError(f"{error.filename}: found a place that cannot be written ({error.strerror})") from None
    finally:
        for path in hidden.values():
            with contextlib.suppress(OSError):
                path.unlink()
