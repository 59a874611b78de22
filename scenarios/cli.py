"""The ``turnstile`` command. Each subcommand is imported only when it is called, so that help answers at once."""

import os
import signal
import sys
from importlib import metadata
from pathlib import Path
from typing import Annotated

import typer

from analysis.errors import InputError as TableError
from sim.errors import InputError, Terminated, nearest
from sim.shell.guard import INTERRUPTED, guarded

RUN = "run"

# Options that every command with a crew has.
Workers = Annotated[int | None, typer.Option("--workers", min=1, help="Processes; by default all cores.")]
Cluster = Annotated[str | None, typer.Option("--cluster", help="Address of a Dask scheduler.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say how long it would take.")]

app = typer.Typer(
    help="Turnstile simulates admission economies: who gets traffic, and what it costs.",
    add_completion=False,  # Hydra completes the words after `run`, this file the first
    rich_markup_mode=None,  # plain help: rich would take longer to import than help may take to answer
)


def main() -> int:
    """Entry point of the console script; the exit code."""
    signal.signal(signal.SIGTERM, _terminate)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # cores go to runs; and how many threads is in a sum's last bits
    return guarded(lambda: _dispatch(sys.argv[1:]))


def _terminate(*_) -> None:
    raise Terminated(128 + signal.SIGTERM)  # leave in order: no half-written folder


def _dispatch(argv: list[str]) -> int | None:
    if argv[:1] == [RUN]:
        return _run(argv[1:])
    if argv[:1] in (["-sc"], ["--shell-completion"]):
        return _complete(argv)
    return _subcommand(argv)


def _run(argv: list[str]) -> int | None:
    if {"-h", "--help"} & set(argv):
        from scenarios.run_help import run_help

        print(run_help())
        return 0
    if "--version" in argv:
        return _subcommand(["--version"])
    from sim.app import main as run

    return run(argv, draw=_draw)


def _draw(folder: Path) -> None:
    """Add figures to the folder of a finished run. The simulator draws nothing: it knows nothing of analysis."""
    from analysis.run_figures import draw_run

    try:
        draw_run(folder)
    except TableError as error:
        raise InputError(str(error)) from error


def _complete(argv: list[str]) -> int:
    """Tab completion: ours for the first word, Hydra's for those after ``run``."""
    line = os.environ.get("COMP_LINE", "").split(" ")
    if argv[-1].startswith("query=") and line[1:2] != [RUN]:
        print(" ".join(command_names()) if len(line) <= 2 else "")
        return 0
    os.environ["COMP_LINE"] = " ".join([line[0], *line[2:]])
    from sim.app import main as run

    return run(argv)


def _subcommand(argv: list[str]) -> int | None:
    """Call a subcommand through typer; what typer refuses becomes one line like everything else."""
    if argv and not argv[0].startswith("-") and argv[0] not in command_names():
        raise InputError(f"{argv[0]}: no such command; {nearest(argv[0], command_names())}")
    try:
        code = app(argv or ["--help"], prog_name="turnstile", standalone_mode=False)
    except TableError as error:
        raise InputError(str(error)) from error
    except Exception as error:
        if hasattr(error, "format_message"):
            raise InputError(error.format_message()) from error
        raise
    if code == INTERRUPTED:  # so typer tells of Ctrl-C, which is told by us as everywhere
        raise KeyboardInterrupt
    return code


def command_names() -> list[str]:
    """The first words that ``turnstile`` knows, in order."""
    return sorted(command.name or command.callback.__name__.rstrip("_") for command in app.registered_commands)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"turnstile {metadata.version('turnstile-sim')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    pass


@app.command(RUN, add_help_option=False)
def run_() -> None:
    """Run one simulation, or with -m several: turnstile run [FILE] [KEY=VALUE ...]."""
    raise InputError("run: write it as the first word: turnstile run [KEY=VALUE ...]")


@app.command("list")
def list_(kind: Annotated[str | None, typer.Argument(help="What to list; without it, everything.")] = None) -> None:
    """List what can be chosen: routers, retry presets, demand, calibrations and more."""
    from scenarios.listing import listing

    print(listing(kind))


@app.command()
def calibrate(
    file: Annotated[Path, typer.Argument(help="CSV log of trials or of traffic, plain or .gz.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for calibration.json and the preset.")],
    name: Annotated[str | None, typer.Option("--name", help="Name of the preset; by default the file's.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files of an earlier calibration.")] = False,
) -> None:
    """Fit model reliability or traffic to a log; write calibration.json and a preset for --config-dir."""
    from scenarios.calibrate import calibrate as fit

    fit(file, out, name, force)


@app.command()
def compare(
    first: Annotated[Path, typer.Argument(metavar="DIR_A", help="Folder of a run, the baseline.")],
    second: Annotated[Path, typer.Argument(metavar="DIR_B", help="Folder of a run of the same world.")],
    out: Annotated[Path | None, typer.Option("--out", help="FILE.parquet for every measure.")] = None,
    page: Annotated[Path | None, typer.Option("--page", help="FILE.html for all of it.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files of an earlier comparison.")] = False,
) -> None:
    """Compare two runs of one world under different governance: measures, differences, suppressed experimentation."""
    from scenarios.compare import compare as compare_folders

    compare_folders(first, second, out, page, force)


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Of a study, sensitivity, tuning, sweep or run.")],
    out: Annotated[Path | None, typer.Option("--out", help="FILE.html: the page alone, not DIR/figures.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier page.")] = False,
) -> None:
    """Write the page of a study, sensitivity, tuning, sweep or run, one HTML file, and figures, from its tables."""
    from scenarios.report import write_report

    write_report(folder, out, force)


@app.command()
def study(
    name: Annotated[str | None, typer.Argument(help="A study of the list, or a file of your own (.yaml).")] = None,
    overrides: Annotated[list[str] | None, typer.Argument(help="KEY=VALUE, behind the study's own.")] = None,
    all_: Annotated[bool, typer.Option("--list", help="Name and question of every study.")] = False,
    seeds: Annotated[int | None, typer.Option("--seeds", min=2, max=10_000, help="By default the study's.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder; by default studies/NAME.")] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    dry_run: DryRun = False,
) -> None:
    """Run a designed experiment: its arms with many seeds, and what they find. The same command resumes it."""
    from scenarios.study import command

    if all_ or name is None:
        print(command.listing())
        return
    workers = workers or os.cpu_count() or 1
    if dry_run:
        print(command.forecast(name, overrides or [], seeds, workers))
    elif command.run_study(name, overrides or [], seeds, out, workers, cluster):
        raise typer.Exit(1)


@app.command()
def sensitivity(
    name: Annotated[str | None, typer.Argument(help="One of the list, a study, or a file of your own (.yaml).")] = None,
    overrides: Annotated[list[str] | None, typer.Argument(help="KEY=VALUE, which is then not drawn.")] = None,
    all_: Annotated[bool, typer.Option("--list", help="Name and question of each.")] = False,
    method: Annotated[str | None, typer.Option("--method", help="morris, sobol or signs; by default its own.")] = None,
    parameters: Annotated[list[str] | None, typer.Option("--parameter", help="Only this; may be repeated.")] = None,
    after: Annotated[Path | None, typer.Option("--after", help="Only what this morris screening leaves.")] = None,
    worlds: Annotated[int | None, typer.Option("--worlds", min=1, max=100_000, help="At most so many.")] = None,
    seeds: Annotated[int | None, typer.Option("--seeds", min=2, max=1000, help="In each world.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder; by default sensitivities/NAME_METHOD.")] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    dry_run: DryRun = False,
) -> None:
    """Say which constants move what is measured, and in what share of plausible worlds findings keep their sign."""
    from scenarios.sensitivity import command

    if all_ or name is None:
        print(command.listing())
        return
    asked = command.asked_for(name, overrides or [], method, parameters or [], after)
    workers = workers or os.cpu_count() or 1
    if dry_run:
        print(command.forecast(asked, worlds, seeds, workers))
    elif command.run_sensitivity(asked, worlds, seeds, out, workers, cluster):
        raise typer.Exit(1)


@app.command()
def sweep(
    words: Annotated[list[str], typer.Argument(metavar="KEY=A,B...", help="Keys and their values, as Hydra has it.")],
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="Seeds at each point, from 1 on.")] = 10,
    out: Annotated[Path | None, typer.Option("--out", help="Folder; by default sweeps/KEY,KEY.")] = None,
    measures: Annotated[list[str] | None, typer.Option("--measure", help="To print; may be repeated.")] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    dry_run: DryRun = False,
) -> None:
    """Run every combination of KEY=A,B and 'KEY=range(START,STOP,STEP)' with many seeds; print means at each."""
    from scenarios.sweep import command

    workers = workers or os.cpu_count() or 1
    if dry_run:
        print(command.forecast(words, seeds, workers))
    elif command.run_sweep(words, seeds, out, workers, cluster, measures or []):
        raise typer.Exit(1)


@app.command()
def tune(
    name: Annotated[str | None, typer.Argument(help="A tuning of the list, or a file of your own (.yaml).")] = None,
    overrides: Annotated[list[str] | None, typer.Argument(help="KEY=VALUE, behind the tuning's own base.")] = None,
    all_: Annotated[bool, typer.Option("--list", help="Name and question of every tuning.")] = False,
    trials: Annotated[int | None, typer.Option("--trials", min=1, max=100_000, help="By default the file's.")] = None,
    worlds: Annotated[int | None, typer.Option("--worlds", min=1, max=100, help="That each trial sees.")] = None,
    seeds: Annotated[int | None, typer.Option("--seeds", min=1, max=100, help="Of each world.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder; by default tunings/NAME.")] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    dry_run: DryRun = False,
) -> None:
    """Search for settings that do best by several measures in many worlds; try the best again, and write presets."""
    from scenarios.tune import command

    if all_ or name is None:
        print(command.listing())
        return
    tuning, workers = command.asked(name, trials, worlds, seeds), workers or os.cpu_count() or 1
    if dry_run:
        print(command.forecast(tuning, overrides or [], workers))
    elif command.run_tuning(tuning, overrides or [], out, workers, cluster):
        raise typer.Exit(1)


@app.command()
def verify(
    out: Annotated[Path | None, typer.Option(help="Folder of the page and its plots.")] = None,
    expression: Annotated[str | None, typer.Option("-k", help="Only the laws that pytest's -k selects.")] = None,
) -> None:
    """Run the statistical suite: every law that the simulator must obey, with a plot of each."""
    from scenarios.verify import verify as run_suite

    raise typer.Exit(run_suite(out, expression))


@app.command()
def bench(quick: Annotated[bool, typer.Option("--quick", help="Shorter runs, wider errors.")] = False) -> None:
    """Measure speed and memory as ratios within one run; the last line is one JSON object."""
    from scenarios.bench.suite import bench as run_suite

    run_suite(quick)
