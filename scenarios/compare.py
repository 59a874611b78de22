"""``turnstile compare``: two runs of one world, measure by measure."""

import io
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.comparison import SCHEMA, SHOWN, compare_runs
from analysis.errors import InputError as TableError
from analysis.files import check_ending, check_free, write_together
from analysis.measure import TWIN_MEASURES
from analysis.run import Run
from analysis.suppression import suppressed_ideas
from sim.errors import InputError
from sim.shell.terminal import show


def compare(first: Path, second: Path, out: Path | None, page: Path | None, replace: bool) -> None:
    """Print what differs between the runs in two folders, write every measure to ``out`` and all of it as a ``page``.

    Files that are there are replaced where ``replace``. Raises ``InputError`` on bad input, and where the two runs are
    not of one world.
    """
    try:
        check_ending("--out", out, ".parquet")
        check_ending("--page", page, ".html")
        check_free([path for path in (out, page) if path], replace)  # refuses now what would be refused after the work
        runs = Run.read(first), Run.read(second)
        found, ideas = compare_runs(*runs), suppressed_ideas(*runs)
        contents = {out: _parquet(found)} if out else {}
        if page:
            contents[page] = _page(*runs, found, ideas)
        write_together(contents)
    except TableError as error:
        raise InputError(str(error)) from error
    shown = found[found["measure"].isin([*SHOWN, *TWIN_MEASURES])]
    _show(shown)
    _tell(ideas)
    more = f"{len(found)} measures, {len(found) - len(shown)} of them not shown"
    print(f"wrote {out}: {more}" if out else f"{more}; --out FILE.parquet writes all")
    if page:
        print(f"wrote {page}")


def _show(rows: pd.DataFrame) -> None:
    lines, numbers = [], ("A", "B", "B - A")
    for row in rows.itertuples():
        a, b = ("" if row.measure in TWIN_MEASURES else _number(value) for value in (row.a, row.b))
        lines.append((row.measure, a, b, _number(row.difference), row.unit))
    show(("measure", *numbers, "unit"), lines, numbers)


def _tell(ideas: pd.DataFrame) -> None:
    """Where the ideas that reached traffic in A alone stopped in B."""
    lost = ideas[ideas["suppressed"]]
    fates = ", ".join(f"{count} {fate}" for fate, count in lost["fate_"].value_counts().items())
    print(f"\n{len(lost)} ideas reached traffic in A and not in B" + (f"; there: {fates}" if fates else ""))


def _number(value: float) -> str:
    if value != value:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:,.3f}"


def _page(first: Run, second: Run, found: pd.DataFrame, ideas: pd.DataFrame) -> str:
    from analysis.page.render import render  # here, for it takes a while
    from analysis.report.comparison import report

    return render(report(first, second, found, ideas))


def _parquet(found: pd.DataFrame) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(found, SCHEMA, preserve_index=False), file)
    return file.getvalue()
