"""``turnstile study``: runs what is missing, and says what was found."""

from collections.abc import Sequence
from pathlib import Path

from analysis.files import write_together
from analysis.finished import STUDY
from analysis.page.render import render
from analysis.report.folder import REPORT
from analysis.report.study import report
from analysis.report.study_charts import gathered
from analysis.study import Study as Finished
from analysis.study_figures.drawing import draw
from scenarios.runner.forecast import forecast_of
from scenarios.runner.job import Job, text
from scenarios.runner.pool import Crew
from scenarios.runner.running import resumable, run_jobs, say_failed
from scenarios.study.attributing import attribute
from scenarios.study.crossing import cross
from scenarios.study.definition import names, read
from scenarios.study.findings import decide
from scenarios.study.guards import SOLVED
from scenarios.study.measuring import measures
from scenarios.study.outputs import solved_table, write_study
from scenarios.study.plan import jobs, needed, points, with_factors
from scenarios.study.printing import print_also, print_attribution, print_crossings, print_findings
from scenarios.study.solving import Solver, most_runs, points_solved, solve


def listing() -> str:
    """Name and question of every study."""
    found = [read(name) for name in names()]
    width = max((len(study.name) for study in found), default=0) + 2
    return "\n".join(f"{study.name:<{width}}{study.question}" for study in found)


def run_study(
    name: str, overrides: Sequence[str], seeds: int | None, out: Path | None, workers: int, cluster: str | None
) -> int:
    """Do what is missing of the study ``name``, and print its findings; how many runs failed. Raises ``InputError``.

    Where every run failed nothing is found, and nothing but the failures is left.
    """
    study = read(name)
    folder, seeds = out or Path("studies") / study.name, seeds or study.seeds
    found = points(study, overrides)
    with resumable(folder, STUDY, study.name):
        with Crew(workers, cluster) as crew:
            solver = Solver(study, tuple(overrides), folder, crew)
            solved = solve(solver)
            table, todo = jobs(found + points_solved(solver, solved), range(1, seeds + 1))
            failed = run_jobs(folder, todo, study.tables, crew)
        for row in solved:
            if row.note:
                print(f"{study.name}: {row.note}")
        say_failed(folder, failed, len(todo))
        if failed == len(todo):
            return failed
        table = with_factors(study, table)
        measured = measures(study, folder, table, workers)
        findings = decide(study.decisive, measured, {(row.guard, row.arm): row.note for row in solved if row.note})
        crossed, attributed = cross(study.crossings, measured), attribute(study, measured)
        write_study(
            folder, study, overrides, seeds, points=table, measures=measured, findings=findings,
            solved=solved_table(solved), crossings=crossed, attribution=attributed,
        )  # fmt: skip
        print_findings(study, findings)
        print_crossings(crossed)
        print_also(study, measured)
        print_attribution(attributed)
        finished = Finished.read(folder)
        shown = gathered(finished)
        figures = draw(finished, shown)
        print(f"\n{len(todo)} runs in {folder}; figures, as PNG and PDF:")
        for png, _ in figures.values():
            print(f"  {png}")
        write_together({folder / REPORT: render(report(finished, shown))})
        print(f"report: {folder / REPORT}")
    return failed


def forecast(name: str, overrides: Sequence[str], seeds: int | None, workers: int) -> str:
    """Points, runs, and from one run of the first arm the time and disk that the study will take."""
    study = read(name)
    found, asked, seeds = points(study, overrides), needed(study), seeds or study.seeds
    solved = sum(len(asked.get(guard, ())) for guard in SOLVED)
    different = len({text(point.config) for point in found}) + solved  # a guard may undo what arms differ in
    n = different * seeds
    what = f"{study.name}: {study.question}\n{different} points x {seeds} seeds"
    if solved:
        what += f" = {n}, and up to {most_runs(study)} to solve for {solved} of them"
    return forecast_of(what, n + most_runs(study), Job.of(found[0].config, 1), study.tables, workers)
