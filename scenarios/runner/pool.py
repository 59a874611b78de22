"""Who does the work: this process, processes of this machine, or a Dask cluster; one interface, ``batches``."""

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from analysis.processes import deaf_children
from scenarios.runner.job import Job
from scenarios.runner.work import Batch, Outcome, work
from sim.errors import InputError
from sim.output.provenance import fingerprint

BATCH_S = 1.5
"""Work of one task: long beside the 4 ms that a task of Dask costs, short for whoever waits or interrupts."""
LARGEST = 500
"""Runs in a batch, at most."""
IN_FLIGHT = 3
"""Batches a worker has in hand or before it."""

QUIET = {
    "logging.distributed": "error",
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.scheduler.active-memory-manager.start": False,
    "distributed.worker.memory.monitor-interval": "2s",
    "distributed.worker.profile.enabled": False,
}
"""Dask's housekeeping, kept small: as it comes it takes 4 % of a core for the scheduler alone, and wakes each worker a
hundred times a second, for profiles and charts that nobody sees."""

Work = Callable[[list[Job], tuple[str, ...]], list[Outcome]]
"""What is done with some jobs: `scenarios.runner.work.work`, or what stands in for it."""


class Crew:
    """Who works for a command: the scheduler at ``cluster`` (an address), or ``workers`` processes of this machine.

    A context: they start when the first batch needs them, and end with the block.
    """

    def __init__(self, workers: int = 1, cluster: str | None = None):
        self._workers, self._cluster = workers, cluster
        self._held, self._client = ExitStack(), None
        self.size = _Size()  # what one call of `batches` has learnt, the next need not

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *error) -> None:
        self._held.close()
        self._client = None

    @property
    def alone(self) -> bool:
        """Whether this process is all there is."""
        return not self._cluster and self._workers == 1

    @property
    def ready(self) -> bool:
        """Whether others could begin at once, with nothing left to be compiled."""
        return bool(self._cluster or self._client)

    def reach(self) -> None:
        """See to it that the cluster, if there is one, answers. Raises ``InputError`` where it does not."""
        if self._cluster:
            self.client()

    def client(self):
        """The client of those who work. Raises ``InputError`` where the cluster does not answer."""
        if self._client is None:
            self._client = self._held.enter_context(_client(self._workers, self._cluster))
        return self._client


def batches(jobs: Iterable[Job], wanted: tuple[str, ...], crew: Crew, do: Work = work) -> Iterator[Batch]:
    """What became of ``jobs``, as it comes from ``crew``.

    Raises ``InputError`` where the cluster does not answer or runs other sources.
    """
    waiting, size = deque(jobs), crew.size

    def here() -> Batch:
        return size.learn(_batch(do, size.take(waiting), wanted))

    if not crew.ready:
        yield here()  # compiles for all: workers that start together would each compile
    if crew.alone:
        while waiting:
            yield here()
    elif waiting:
        yield from _dealt(crew.client(), waiting, size, wanted, do)


def _batch(do: Work, jobs: list[Job], wanted: tuple[str, ...]) -> Batch:
    return Batch.of(do(jobs, wanted))


def _there(do: Work, jobs: list[Job], wanted: tuple[str, ...], sources: str) -> Batch:
    """A batch on a worker. Raises ``InputError`` where its sources are others: workers may come at any time."""
    if fingerprint() != sources:
        from distributed import get_worker

        raise InputError(f"--cluster: the worker {get_worker().address} runs other sources than this process")
    return _batch(do, jobs, wanted)


def _dealt(client, waiting: deque[Job], size: "_Size", wanted: tuple[str, ...], do: Work) -> Iterator[Batch]:
    """Give the workers of ``client`` what is ``waiting``, a few batches each, and take what comes back.

    Whoever loses its worker is suspected, and so is what waited there; each suspect then runs with nobody beside it,
    so that only a run that kills its workers is blamed.
    """
    from distributed import KilledWorker, as_completed

    flying, found, suspects = {}, as_completed(), deque()

    def send(taken: list[Job], alone: bool = False) -> None:
        future = client.submit(_there, do, taken, wanted, fingerprint(), pure=False)
        flying[future] = taken, alone
        found.add(future)

    def deal() -> None:
        if suspects:
            if not flying:
                send([suspects.popleft()], alone=True)
            return
        while waiting and len(flying) < IN_FLIGHT * max(1, len(client.nthreads())):
            send(size.take(waiting))

    deal()
    while flying:
        future = next(found)
        (taken, alone), error = flying.pop(future), None if future.status == "finished" else future.exception()
        if error is None:
            done = future.result()
        elif not isinstance(error, KilledWorker):
            raise error if isinstance(error, InputError) else InputError(f"a worker cannot work: {error!r}")
        elif alone:
            done = Batch.of([Outcome(taken[0].key, {}, f"it killed its workers: {error}\n", 0.0)])
        else:
            suspects.extend(taken)
            done = None
        future.release()
        deal()
        if done:
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
            with suppress(TimeoutError):  # it was killed; a busy machine takes longer to say so
                await super().kill(min(timeout, 1.0), reason)

    with config.set(QUIET):
        if address is None:
            with deaf_children():
                cluster = LocalCluster(
                    workers, threads_per_worker=1, worker_class=Brief, dashboard_address=":0", silence_logs=50
                )
            with cluster, Client(cluster, direct_to_workers=True) as client:
                yield client
            return
        try:
            client = Client(address, timeout=10)
        except (OSError, ValueError) as error:
            raise InputError(f"--cluster: {address} does not answer; allowed is the address of a scheduler, such as "
                             "tcp://127.0.0.1:8786") from error  # fmt: skip
        with client:
            for worker, threads in client.nthreads().items():
                if threads > 1:
                    raise InputError(f"--cluster: the worker {worker} has {threads} threads; allowed is one each: dask "
                                     f"worker {address} --nthreads 1 --nworkers {threads}")  # fmt: skip
            if not client.nthreads():
                print(f"{address} has no worker yet: dask worker {address} --nthreads 1", file=sys.stderr)
            yield client
