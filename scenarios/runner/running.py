"""Do the jobs that a store lacks: with progress, failures on record, and whatever is finished kept."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scenarios.runner.job import Job, document
from scenarios.runner.part import together
from scenarios.runner.pool import outcomes
from scenarios.runner.store import Store
from scenarios.runner.work import Outcome
from sim.output.disk import writing
from sim.output.tables import write_json

FAILURES = "failures"


def run_jobs(folder: Path, jobs: list[Job], wanted: tuple[str, ...], workers: int, cluster: str | None) -> int:
    """Do what of ``jobs`` is not yet in the store ``folder``; how many failed.

    A failure is recorded as ``failures/KEY.json`` with its configuration and traceback and tried again the next time.
    Raises ``InputError`` where another process fills the store, the disk refuses or the cluster does not answer.
    """
    store = Store(folder)
    try:
        store.expect(job.key for job in jobs)
        missing = [job for job in jobs if job.key not in store.keys]
        by_key, failed = {job.key: job for job in missing}, 0
        with _progress(len(jobs), len(jobs) - len(missing)) as tell:
            for done in outcomes(missing, wanted, workers, cluster) if missing else ():
                good = [outcome for outcome in done if not outcome.failure]
                if good:
                    store.add(together(outcome.tables for outcome in sorted(good)))
                for outcome in done:
                    _record(folder, by_key[outcome.key], outcome)
                failed += len(done) - len(good)
                tell(len(done), failed)
        return failed
    finally:
        store.close()


def _record(folder: Path, job: Job, outcome: Outcome) -> None:
    """The failure of ``job``, or that it has failed no more."""
    path = folder / FAILURES / f"{job.key}.json"
    if not outcome.failure:
        path.unlink(missing_ok=True)
        return
    with writing(path):
        path.parent.mkdir(exist_ok=True)
    write_json({"seed": job.config.seed, "config": document(job.config), "traceback": outcome.failure}, path)


@contextmanager
def _progress(total: int, there: int) -> Iterator:
    """A bar on stderr with rate and time left where somebody watches."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    said = TextColumn("{task.fields[said]}")
    columns = ("simulating", BarColumn(), MofNCompleteColumn(), said, TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=total, completed=there, said="")

        def tell(more: int, failed: int) -> None:
            now = bar.tasks[task]
            rate = (now.completed + more - there) / now.elapsed if now.elapsed else 0.0
            bar.update(task, advance=more, said=f"{rate:.1f} runs/s" + (f", {failed} failed" if failed else ""))

        yield tell
