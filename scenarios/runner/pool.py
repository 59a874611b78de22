"""Who does the work: this process, processes of this machine, or a Dask cluster; one interface, ``batches``."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from analysis.processes import deaf_children
from scenarios.runner.job import Job, fingerprint
from scenarios.runner.work import Batch, Outcome, work
from sim.errors import InputError

BATCH_S = 1.5
"""Work of one task: long beside the 4 ms that a task of Dask costs, short for whoever waits or interrupts."""
LARGEST = 500
"""Runs in a batch, at most."""
IN_FLIGHT = 3
"""Batches a worker has in hand or before it."""

Work = Callable[[list[Job], tuple[str, ...]], list[Outcome]]
"""What is done with some jobs: `scenarios.runner.work.work`, or what stands in for it."""


def batches(
    jobs: Iterable[Job], wanted: tuple[str, ...], workers: int, cluster: str | None, do: Work = work
) -> Iterator[Batch]:
    """What became of ``jobs``, as it comes: from ``cluster`` (an address), or ``workers`` processes.

    Raises ``InputError`` where the cluster does not answer or runs other sources.
    """
    waiting, size = deque(jobs), _Size()
    if not cluster and workers == 1:
        while taken := size.take(waiting):
            yield size.learn(_batch(do, taken, wanted))
        return
    with _client(workers, cluster) as client:
        yield from _dealt(client, waiting, size, wanted, do)


def _batch(do: Work, jobs: list[Job], wanted: tuple[str, ...]) -> Batch:
    return Batch.of(do(jobs, wanted))


def _dealt(client, waiting: deque[Job], size: "_Size", wanted: tuple[str, ...], do: Work) -> Iterator[Batch]:
    """Give the workers of ``client`` what is ``waiting``, a few batches each, and take what comes back."""
    from distributed import as_completed

    flying, found = {}, as_completed()

    def send(taken: list[Job]) -> None:
        future = client.submit(_batch, do, taken, wanted, pure=False)
        flying[future] = taken
        found.add(future)

    def deal() -> None:
        while waiting and len(flying) < IN_FLIGHT * max(1, len(client.nthreads())):
            send(size.take(waiting))

    deal()
    while flying:
        future = next(found)
        taken = flying.pop(future)
        if future.status == "finished":
            done = future.result()
        elif len(taken) > 1:  # it killed its workers: one by one, to find out which
            for job in taken:
                send([job])
            continue
        else:
            lost = f"the worker died or lost it: {future.exception()!r}\n"
            done = Batch.of([Outcome(taken[0].key, {}, lost, 0.0)])
        future.release()
        deal()
        yield size.learn(done)


class _Size:
    """How many runs make a batch: as many as take about ``BATCH_S``, one until that is known."""

    def __init__(self):
        self._seconds, self._runs = 0.0, 0

    def take(self, waiting: deque[Job]) -> list[Job]:
        mean = self._seconds / self._runs if self._runs else BATCH_S
        n = min(LARGEST, max(1, round(BATCH_S / max(mean, 1e-4))))
        return [waiting.popleft() for _ in range(min(n, len(waiting)))]

    def learn(self, done: Batch) -> Batch:
        self._seconds += done.seconds
        self._runs += done.runs
        return done


@contextmanager
def _client(workers: int, address: str | None):
    from dask import config
    from distributed import Client, LocalCluster

    quiet = {"logging.distributed": "error"}
    with config.set(quiet):
        if address is None:
            with deaf_children():
                cluster = LocalCluster(workers, threads_per_worker=1, dashboard_address=None, silence_logs=50)
            with cluster, Client(cluster) as client:
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
