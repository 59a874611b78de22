"""The hidden folder in which a run is written. Locked while its run lives, so that those of dead runs can be told."""

import fcntl
import os
import platform
import secrets
import shutil
import time
from contextlib import suppress
from pathlib import Path

_HOST = platform.node().replace("/", "-")
_YOUNG_S = 60.0  # a folder of that age may not be locked yet


class HiddenFolder:
    """A new folder ``.turnstile-HOST-RANDOM`` in ``parent``, locked until ``close``.

    Those that dead runs of this host left beside it, killed before they could clean up, are removed. The name holds the
    host because not every shared disk passes locks on to the others. Raises ``OSError`` where it cannot be made.
    """

    def __init__(self, parent: Path):
        for folder in parent.glob(f".turnstile-{_HOST}-*"):
            _remove_if_dead(folder)
        self.path = parent / f".turnstile-{_HOST}-{secrets.token_hex(4)}"
        self.path.mkdir()
        self._handle = os.open(self.path, os.O_RDONLY)
        with suppress(OSError):  # a disk without locks: nothing there is ever taken for dead
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def close(self) -> None:
        """Give up the lock, and remove the folder unless it has been renamed."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._handle)


def _remove_if_dead(folder: Path) -> None:
    with suppress(OSError):
        if time.time() - folder.stat().st_mtime < _YOUNG_S:
            return
        handle = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # refused while its run lives
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(handle)
