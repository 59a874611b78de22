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

    def here() -> Batch:
        return size.learn(_batch(do, size.take(waiting), wanted))

    if not cluster:
        yield here()  # compiles for all: workers that start together would each compile
    if not cluster and workers == 1:
        while waiting:
            yield here()
    elif waiting:
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
    """How many runs make a batch: as many as take about ``BATCH_S``, but never more than twice the last that came.

    So it begins with one, and neither a run that compiled nor an odd one misleads it for long.
    """

    def __init__(self):
        self._runs = 1

    def take(self, waiting: deque[Job]) -> list[Job]:
        return [waiting.popleft() for _ in range(min(self._runs, len(waiting)))]

    def learn(self, done: Batch) -> Batch:
        fitting = round(BATCH_S * done.runs / max(done.seconds, 1e-9))
        self._runs = max(1, min(fitting, 2 * done.runs, LARGEST))
        return done


@contextmanager
def _client(workers: int, address: str | None):
    """A client of the scheduler at ``address``, or of one with ``workers`` processes of this machine."""
    from dask import config
    from distributed import Client, LocalCluster, Nanny

    class Brief(Nanny):
        """Ends its worker within a second, busy or not: at Ctrl-C nobody waits for what will not be kept."""

        async def kill(self, timeout: float = 1.0, reason: str = "") -> None:
            await super().kill(min(timeout, 1.0), reason)

    with config.set({"logging.distributed": "error"}):
        if address is None:
            with deaf_children():
                cluster = LocalCluster(
                    workers, threads_per_worker=1, worker_class=Brief, dashboard_address=":0", silence_logs=50
                )
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
