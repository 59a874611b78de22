"""The files of a calibration: their places and their text."""

import json
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from analysis.errors import InputError
from analysis.files import check_free


def check_places(paths: Collection[Path], name: str, taken: Collection[str], replace: bool) -> None:
    """Refuse a preset ``name`` that cannot name a file or is one of ours (``taken``), and ``paths`` that are there.

    Files that are there are allowed where ``replace``. Raises ``InputError``.
    """
    if not re.fullmatch(r"[A-Za-z0-9][\w-]*", name) or name in taken:
        allowed = f"letters, digits, '_' and '-', but not {', '.join(taken)}"
        raise InputError(f"preset name: found {name!r}; allowed are {allowed}")
    check_free(paths, replace)


def as_json(result: Mapping) -> str:
    """The text of a file of results."""
    return json.dumps(result, indent=2, allow_nan=False, ensure_ascii=False) + "\n"
