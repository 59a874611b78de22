"""``turnstile report``: the page of a study, a sensitivity, a tuning, a sweep or a run."""

from pathlib import Path

from analysis.files import check_ending, check_free, write_together
from analysis.report.folder import REPORT, report


def write_report(folder: Path, out: Path | None, replace: bool) -> None:
    """Write the page of ``folder`` to ``out`` and nothing else, by default into it, with its figures.

    A page that is there is replaced where ``replace``. Raises ``analysis.errors.InputError`` on a folder that is none
    of these, and where ``out`` is not called .html.
    """
    check_ending("--out", out, ".html")
    target = out or folder / REPORT
    check_free([target], replace)  # refuses now what would be refused after the work
    write_together({target: report(folder, figures=out is None)})
    print(f"wrote {target}")
