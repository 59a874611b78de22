"""What the disk refuses becomes one line that names the file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.errors import InputError


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an ``OSError`` of the block (no space, no permission, no such device) into an ``InputError`` on ``path``."""
    try:
        yield
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {reason(error)}") from error


def reason(error: OSError) -> str:
    """What the system says, without the path that the caller names anyway."""
    return os.strerror(error.errno) if error.errno else " ".join(str(error).split())


def sync(path: Path) -> None:
    """Ask the disk to hold ``path``, a file or a folder, before anything depends on it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
