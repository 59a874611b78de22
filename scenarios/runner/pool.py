"""Who does the work: this process, processes of this machine, or a Dask cluster; one interface, ``outcomes``."""

import signal
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

from scenarios.runner.job import Job, fingerprint
from scenarios.runner.work import Outcome, work
from sim.errors import InputError

BATCH_S = 1.5
"""Work of one task: long beside the 4 ms that a task of Dask costs, short for whoever waits or interrupts."""
LARGEST = 500
"""Runs in a batch, at most."""
IN_FLIGHT = 3
"""Batches a worker has in hand or before it."""


def outcomes(
    jobs: Iterable[Job], wanted: tuple[str, ...], workers: int, cluster: str | None
) -> Iterator[list[Outcome]]:
    """Outcomes of ``jobs`` in batches, as they come: from ``cluster`` (an address), or ``workers`` processes.

    Raises ``InputError`` where the cluster does not answer or runs other sources.
    """
    waiting, size = deque(jobs), _Size()
    if not cluster and workers == 1:
        while batch := size.take(waiting):
            yield size.learn(work(batch, wanted))
        return
    from distributed import as_completed

    with _client(workers, cluster) as client:
        flying = {}
        found = as_completed(with_results=False)

        def launch() -> None:
            while waiting and len(flying) < IN_FLIGHT * max(1, len(client.nthreads())):
                batch = size.take(waiting)
                future = client.submit(work, batch, wanted, pure=False)
                flying[future] = batch
                found.add(future)

        launch()
        while flying:
            future = next(found)
            batch = flying.pop(future)
            done = future.result() if future.status == "finished" else None
            if done is None and len(batch) > 1:  # it killed its workers: one by one, to find out which
                for job in batch:
                    single = client.submit(work, [job], wanted, pure=False)
                    flying[single] = [job]
                    found.add(single)
                continue
            if done is None:
                done = [Outcome(batch[0].key, {}, f"the worker died or lost it: {future.exception()!r}\n", 0.0)]
            future.release()
            launch()
            yield size.learn(done)


class _Size:
    """How many runs make a batch: as many as take about ``BATCH_S``, one until that is known."""

    def __init__(self):
        self._seconds, self._runs = 0.0, 0

    def take(self, waiting: deque[Job]) -> list[Job]:
        mean = self._seconds / self._runs if self._runs else BATCH_S
        n = min(LARGEST, max(1, round(BATCH_S / max(mean, 1e-4))))
        return [waiting.popleft() for _ in islice(range(n), min(n, len(waiting)))]

    def learn(self, done: list[Outcome]) -> list[Outcome]:
        self._seconds += sum(outcome.seconds for outcome in done)
        self._runs += len(done)
        return done


@contextmanager
def _client(workers: int, address: str | None):
    from dask import config
    from distributed import Client, LocalCluster

    quiet = {"logging.distributed": "error"}
    with config.set(quiet):
        if address is None:
            local = LocalCluster(workers, threads_per_worker=1, dashboard_address=None, silence_logs=50)
            with local as cluster, Client(cluster) as client:
                client.run(_deaf)
                yield client
            return
        try:
            client = Client(address, timeout=10)
        except (OSError, ValueError) as error:
            raise InputError(f"--cluster: {address} does not answer; allowed is the address of a scheduler, such as "
                             "tcp://127.0.0.1:8786") from error  # fmt: skip
        with client:
            theirs = client.run(fingerprint)
            for worker, found in theirs.items():
                if found != fingerprint():
                    raise InputError(f"--cluster: the worker {worker} runs other sources than this process")
            yield client


def _deaf() -> None:
    """Ctrl-C is for the coordinator: it lets what runs come to its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
