"""``turnstile study``: runs what is missing, and says what was found."""

from collections.abc import Sequence
from pathlib import Path

from scenarios.runner.part import write_whole
from scenarios.runner.running import run_jobs
from scenarios.runner.work import work
from scenarios.study.definition import Study, names, read
from scenarios.study.findings import Decision, decide
from scenarios.study.plan import jobs, points
from sim.output.disk import writing
from sim.output.tables import arrow
from sim.shell.guard import complain
from sim.shell.terminal import show

POINTS = "points"


def listing() -> str:
    """Name and question of every study."""
    found = [read(name) for name in names()]
    width = max((len(study.name) for study in found), default=0) + 2
    return "\n".join(f"{study.name:<{width}}{study.question}" for study in found)


def run_study(
    name: str, overrides: Sequence[str], seeds: int | None, out: Path | None, workers: int, cluster: str | None
) -> int:
    """Do what is missing of the study ``name``, and print its findings; how many runs failed. Raises ``InputError``."""
    study = read(name)
    folder = out or Path("studies") / study.name
    table, todo = jobs(points(study, overrides), seeds or study.seeds)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        failed = run_jobs(folder, todo, study.tables, workers, cluster)
    except KeyboardInterrupt:
        complain(f"{folder}: what was finished is kept; the same command goes on")
        raise
    write_whole(folder / f"{POINTS}.parquet", arrow(table, POINTS))
    if failed:
        print(f"{failed} of {len(todo)} runs failed: see {folder}/failures; the same command tries them again")
    _print(study, decide(study, folder, table, workers))
    print(f"\n{len(todo)} runs in {folder}")
    return failed


def forecast(name: str, overrides: Sequence[str], seeds: int | None, workers: int) -> str:
    """Points, runs, and from one run of the first arm the time and disk that the study will take."""
    study = read(name)
    found = points(study, overrides)
    table, todo = jobs(found, seeds or study.seeds)
    (once,) = work(todo[:1], study.tables)
    (again,) = work(todo[:1], study.tables)  # the first may have compiled
    size = sum(held.nbytes for held in once.tables.values())
    hours = len(todo) * again.seconds / workers / 3600
    return (
        f"{study.name}: {study.question}\n{len(found)} points x {table['seed'].nunique()} seeds = {len(todo)} runs of "
        f"{again.seconds:.1f} s: about {hours:.1f} h on {workers} processes, at most {len(todo) * size / 1e9:.1f} GB"
    )


def _print(study: Study, decisions: list[Decision]) -> None:
    rows = []
    for decision in decisions:
        each, found = decision.decisive, decision.finding
        arms = f"{each.of} - {each.against}" if each.of else f"per {study.dose.key}"
        effect, placebo = _interval(found.interval), f"{each.placebo}: {_interval(found.placebo)}"
        rows.append((each.measure, arms, each.expected, effect, placebo, f"{decision.p:.2g}", found.verdict))
    print(study.question, end="\n\n")
    columns = ("measure", "arms", "expected", "effect [95 %]", "placebo [95 %]", "p (Holm)", "finding")
    show(columns, rows, numbers=("p (Holm)",))


def _interval(interval) -> str:
    return f"{interval.estimate:.3g} [{interval.low:.3g}, {interval.high:.3g}]"


