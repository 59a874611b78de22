"""Writes several text files together: all or none."""

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

from analysis.errors import InputError


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
