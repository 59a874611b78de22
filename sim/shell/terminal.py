"""What a run shows: a bar on stderr while it works, a short table and its files when it is done."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

SHOWN = (  # key of the summary, unit, format
    ("sessions", "sessions", ",.0f"),
    ("turns", "turns", ",.0f"),
    ("attempts", "attempts", ",.0f"),
    ("turns_ok", "turns", ",.0f"),
    ("turns_failed", "turns", ",.0f"),
    ("turns_bad_unnoticed", "turns", ",.0f"),
    ("turns_in_flight", "turns", ",.0f"),
    ("success_rate", "share of ended turns", ".3f"),
    ("retry_share", "share of attempts", ".3f"),
    ("latency_p50_s", "s", ".1f"),
    ("latency_p99_s", "s", ".1f"),
    ("pass_5", "share", ".3f"),
    ("agreement_5", "share", ".3f"),
    ("hhi", "1", ".3f"),
    ("gini", "1", ".3f"),
    ("top1_share", "share of turns", ".3f"),
    ("nakamoto_51", "developers", ",.0f"),
)

ECONOMY = (  # likewise, where anybody submitted anything
    ("developers", "developers", ",.0f"),
    ("exits", "developers", ",.0f"),
    ("bankruptcies", "developers", ",.0f"),
    ("admitted", "models", ",.0f"),
    ("submissions", "submissions", ",.0f"),
    ("admissions", "submissions", ",.0f"),
    ("rejections", "submissions", ",.0f"),
    ("ejections", "models", ",.0f"),
    ("experiments_started", "projects", ",.0f"),
    ("ideas_shelved", "ideas", ",.0f"),
    ("trust_friction", "1", ".3f"),
    ("user_value", "credits", ",.0f"),
    ("developer_surplus", "credits", ",.0f"),
    ("welfare", "credits", ",.0f"),
)

_UNBROKEN = 1000  # characters a line; a file or a pipe has no width


@contextmanager
def progress(horizon_days: float | None) -> Iterator[Callable[[float], None] | None]:
    """A bar on stderr with rate and time left. Yields what to call with the share done, None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    rate = TextColumn("{task.fields[rate]}")
    columns = ("simulating", BarColumn(), TaskProgressColumn(), rate, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0, rate="")

        def tell(share: float) -> None:
            elapsed = bar.tasks[task].elapsed
            speed = f"{share * horizon_days / elapsed:.1f} days/s" if horizon_days and elapsed else ""
            bar.update(task, completed=share, rate=speed)

        yield tell


def show(columns: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[str]) -> None:
    """Print a table, fitted to a terminal; the columns named in ``numbers`` are set flush right and never broken."""
    console = Console(markup=False, emoji=False)  # names are the user's: brackets and colons in them mean nothing
    if not console.is_terminal:
        console.width = _UNBROKEN
    table = Table(box=box.SIMPLE if console.is_terminal else None, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        number = column in numbers
        table.add_column(column, justify="right" if number else "left", no_wrap=number, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def report(summary: Mapping, folder: Path, files: list[Path], seconds: float) -> None:
    """Print the measures that say most, each with its unit, and what was written where."""
    rows = []
    for key, unit, form in SHOWN + (ECONOMY if summary.get("submissions") else ()):
        value = summary.get(key)
        if value is not None and value == value:
            rows.append((key, format(value, form), unit))
    show(("measure", "value", "unit"), rows, numbers=("value",))
    print(f"\n{len(files)} files in {folder} after {seconds:.1f} s:")
    print("  " + "\n  ".join(str(file.relative_to(folder)) for file in files))


def report_line(number: int, overrides: list[str], summary: Mapping, folder: Path) -> None:
    """One line for one run of a multirun."""
    rate = summary.get("success_rate")
    success = "" if rate is None or rate != rate else f"success {rate:.3f} · "
    print(f"run {number} · {' '.join(overrides) or 'defaults'} · {success}{folder}", flush=True)
