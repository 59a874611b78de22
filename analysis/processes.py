"""Processes of our own, and Ctrl-C."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker


@contextmanager
def deaf_children() -> Iterator[None]:
    """Processes and threads started in the block, and what these start, never hear Ctrl-C: it is for their parent.

    A signal of the block is the parent's when the block ends.
    """
    resource_tracker.ensure_running()  # whoever starts it first loses the block
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
