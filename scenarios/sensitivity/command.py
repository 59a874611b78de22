"""``turnstile sensitivity``: runs what is missing of a design, and says what moves what, or where findings turn."""

from collections.abc import Sequence
from operator import attrgetter
from pathlib import Path

from analysis.files import write_together
from analysis.finished import SENSITIVITY
from analysis.page.render import render
from analysis.report.folder import REPORT
from analysis.report.sensitivity import report
from analysis.sensitivity.analysing import MORRIS, analyse
from analysis.sensitivity.morris import moving
from analysis.sensitivity.result import DESIGN, OUTPUTS, TABLES, Result
from analysis.sensitivity_figures import draw_sensitivity
from scenarios.runner.forecast import forecast_of
from scenarios.runner.pool import Crew
from scenarios.runner.record import finish
from scenarios.runner.running import resumable, run_jobs, say_failed
from scenarios.sensitivity.definition import Sensitivity, names, question, read
from scenarios.sensitivity.printing import print_result
from scenarios.sensitivity.worlds import Plan, outputs, plan
from scenarios.study import definition as studies
from sim.errors import InputError

POINTS = "points"


def listing() -> str:
    """Name and question of every file, and the studies."""
    found = {name: question(name) for name in names()}
    width = max(map(len, found), default=0) + 2
    lines = [f"{name:<{width}}{about}" for name, about in found.items()]
    return "\n".join([*lines, f"the findings of a study: {', '.join(studies.names())}"])


def asked_for(
    name: str, overrides: Sequence[str], method: str | None, only: Sequence[str], after: Path | None
) -> Sensitivity:
    """What is asked for; with ``after``, the folder of a screening, only of the parameters that it leaves."""
    if after is None:
        return read(name, overrides, method, only or None)
    screened = Result.read(after)
    if screened.method != MORRIS:
        raise InputError(f"--after: {after} is of {screened.method}; allowed is the folder of a morris screening")
    left = moving(screened.indices)
    if not left:
        raise InputError(f"--after: {after} leaves no parameter: none does more than other seeds would")
    return read(name, overrides, method, [*left, *only])


def run_sensitivity(
    asked: Sensitivity, worlds: int | None, seeds: int | None, out: Path | None, workers: int, cluster: str | None
) -> int:
    """Do what is missing, print what was found; how many runs failed. Raises ``InputError``."""
    folder, seeds = out or Path("sensitivities") / f"{asked.name}_{asked.method}", seeds or asked.seeds
    found = plan(asked, worlds or asked.worlds, seeds)
    with resumable(folder, SENSITIVITY, asked.name):
        with Crew(workers, cluster) as crew:
            failed = run_jobs(folder, found.jobs, asked.tables, crew)
        say_failed(folder, failed, len(found.jobs))
        if failed < len(found.jobs):
            held = outputs(asked, found, folder, workers)
            tables = analyse(asked.method, found.worlds, found.design.unit, held)
            for name in set(TABLES) - set(tables):  # of another method, which had this folder
                (folder / f"{name}.parquet").unlink(missing_ok=True)
            tables |= {DESIGN: found.worlds, POINTS: found.points, OUTPUTS: held}
            finish(folder / SENSITIVITY, _record(asked, found, seeds), tables)
            result = Result.read(folder)
            print_result(result)
            figures = draw_sensitivity(folder)
            write_together({folder / REPORT: render(report(result))})
            print(f"\n{len(found.jobs)} runs in {folder}; figures, as PNG and PDF:")
            for png, _ in figures.values():
                print(f"  {png}")
            print(f"report: {folder / REPORT}")
    return failed


def forecast(asked: Sensitivity, worlds: int | None, seeds: int | None, workers: int) -> str:
    """Worlds, runs, and from one run of the first arm the time and disk that it will take."""
    seeds = seeds or asked.seeds
    found = plan(asked, worlds or asked.worlds, seeds)
    what = (
        f"{asked.name}: {asked.question}\n{asked.method} of {len(asked.parameters)} parameters: {len(found.worlds)} "
        f"worlds x {seeds} seeds x {len(asked.arms)} arms"
    )
    return forecast_of(what, len(found.jobs), found.jobs[0], asked.tables, workers)


def _record(asked: Sensitivity, found: Plan, seeds: int) -> dict:
    """``sensitivity.yaml``: the file as it was read, and all that its tables do not say."""
    own = next(iter(asked.arms.values()))
    outputs = [
        {"label": one.label, "measure": one.measure, "minus": one.minus, "contrast": one.contrast.words,
         "expected": one.expected, "smallest": one.smallest}
        for one in asked.outputs
    ]  # fmt: skip
    return {
        "name": asked.name,
        "method": asked.method,
        "question": asked.question,
        "sensitivity": asked.said,
        "study": asked.study.name if asked.study else None,
        "overrides": list(asked.overrides),
        "only": list(asked.only),
        "worlds": len(found.worlds),
        "seeds": seeds,
        "runs": len(found.jobs),
        "arms": list(asked.arms),
        "horizon_days": own.horizon_days,
        "outputs": outputs,
        "parameters": [
            {"key": each.key, "value": attrgetter(each.key)(own), "low": each.low, "high": each.high,
             "scale": "log" if each.log else "linear"}
            for each in asked.parameters
        ],
    }  # fmt: skip
