"""Do the jobs that a store lacks: with progress, failures on record, and whatever is finished kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.store import RUNS
from scenarios.runner.job import Job, document
from scenarios.runner.pool import Crew, Work, batches
from scenarios.runner.record import check_folder
from scenarios.runner.store import Store
from scenarios.runner.work import work
from sim.errors import InputError
from sim.output.disk import writing
from sim.output.tables import write_json
from sim.shell.guard import complain

FAILURES = "failures"


@contextmanager
def resumable(folder: Path, record: str, name: str | None = None) -> Iterator[None]:
    """What fills ``folder`` and leaves its ``record`` of ``name`` there: Ctrl-C in the block is told how to go on.

    Raises ``InputError`` where the folder is another's.
    """
    check_folder(folder, record, name)
    try:
        yield
    except KeyboardInterrupt:
        complain(f"{folder}: what was finished is kept; the same command goes on")
        raise


def run_jobs(
    folder: Path, jobs: list[Job], wanted: tuple[str, ...], crew: Crew, do: Work = work, what: str = "simulating"
) -> int:
    """Have ``crew`` do what of ``jobs`` is not yet in the store ``folder``; how many failed. ``what``: it is for.

    A failure is recorded as ``failures/KEY.json`` with its configuration and traceback and tried again the next time.
    Raises ``InputError`` where another process fills the store, it keeps other tables than ``wanted``, the disk
    refuses or the cluster does not answer.
    """
    store = Store(folder)
    try:
        _check_tables(store, wanted)
        there = store.keys
        missing = [job for job in jobs if job.key not in there]
        if missing:
            crew.reach()  # before parts are laid out anew: nobody could read them until the runs that lack have come
        store.expect(job.key for job in jobs)
        by_key, failed = {job.key: job for job in missing}, 0
        with _progress(what, len(jobs), len(jobs) - len(missing)) as tell:
            for done in batches(missing, wanted, crew, do) if missing else ():
                if done.tables:
                    store.add(done.tables)
                    _forgive(folder, done.tables[RUNS].column("key").to_pylist())
                for key, traceback in done.failures.items():
                    _record(folder, by_key[key], traceback)
                failed += len(done.failures)
                tell(done.runs, failed)
        if failed:
            store.settle()
        return failed
    finally:
        store.close()


def say_failed(folder: Path, failed: int, runs: int) -> None:
    """Say how many of the ``runs`` failed, if any, and where one sees why."""
    if failed:
        print(f"{failed} of {runs} runs failed: see {folder}/{FAILURES}; the same command tries them again")


def _check_tables(store: Store, wanted: tuple[str, ...]) -> None:
    if store.tables and store.tables != {*wanted, RUNS}:
        held = ", ".join(sorted(store.tables - {RUNS}))
        raise InputError(f"{store.folder}: its runs have the tables {held}; found {', '.join(sorted(wanted))}; allowed "
                         "are the same, or another folder")  # fmt: skip


def _record(folder: Path, job: Job, traceback: str) -> None:
    """Keep the failure of ``job``."""
    path = folder / FAILURES / f"{job.key}.json"
    with writing(path):
        path.parent.mkdir(exist_ok=True)
    write_json({"seed": job.config.seed, "config": document(job.config), "traceback": traceback}, path)


def _forgive(folder: Path, keys: list[str]) -> None:
    """What has succeeded is no failure any more."""
    recorded = folder / FAILURES
    if recorded.is_dir():
        for key in keys:
            (recorded / f"{key}.json").unlink(missing_ok=True)
        if not any(recorded.iterdir()):
            recorded.rmdir()


@contextmanager
def _progress(what: str, total: int, there: int) -> Iterator:
    """A bar on stderr with rate and time left where somebody watches."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    said = TextColumn("{task.fields[said]}")
    columns = (what, BarColumn(), MofNCompleteColumn(), said, TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=total, completed=there, said="")

        def tell(more: int, failed: int) -> None:
            now = bar.tasks[task]
            rate = (now.completed + more - there) / now.elapsed if now.elapsed else 0.0
            bar.update(task, advance=more, said=f"{rate:.1f} runs/s" + (f", {failed} failed" if failed else ""))

        yield tell
