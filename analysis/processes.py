"""Processes of our own: Ctrl-C is for their parent, and they end with it."""

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process, resource_tracker
from threading import Thread


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


def spread(work: Callable, over: Iterable, workers: int) -> list:
    """``work`` of each of ``over``, in its order, on so many processes. What does not run yet at Ctrl-C never does."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # theirs, who are to be born: cores go to processes
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _end_with_parent)
    try:
        with deaf_children():
            coming = pool.map(work, over)
        return list(coming)
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """End this process when its parent does, however that ends: a pool's own processes wait for work for ever."""

    def watch() -> None:
        parent_process().join()
        os._exit(1)

    Thread(target=watch, daemon=True).start()
