"""How long many runs will take, from one of them."""

from scenarios.runner.job import Job
from scenarios.runner.work import work
from sim.errors import InputError


def forecast_of(what: str, runs: int, job: Job, wanted: tuple[str, ...], workers: int) -> str:
    """Runs, time and disk of ``runs`` runs like ``job``. Raises ``InputError`` where that one fails."""
    work([job], wanted)  # it may compile
    (once,) = work([job], wanted)
    if once.failure:
        raise InputError(f"{what}: the first of its runs fails: {once.failure.strip().splitlines()[-1]}")
    size = sum(held.nbytes for held in once.tables.values())
    return (
        f"{what} = {runs} runs of {once.seconds:.2g} s: about {_time(runs * once.seconds / workers)} on {workers} "
        f"processes, at most {_size(runs * size)}"
    )


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _size(n: float) -> str:
    return f"{n / 1e6:.0f} MB" if n < 1e9 else f"{n / 1e9:.1f} GB"
