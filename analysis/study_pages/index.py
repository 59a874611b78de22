"""The index of the pages of studies, rendered from the pages."""

from collections.abc import Iterator
from pathlib import Path

from analysis.docs_pages import INDEX
from analysis.study_pages.page import FINDING

_HEAD = """# Studies

Each page is rendered from the tables of a study, by `python -m analysis.study_pages OUT`; so is this one.
[How studies are written, run and judged](../studies.md).
"""


def index(folder: Path, head: str = _HEAD, what: str = "study") -> str:
    """The index of the pages in ``folder`` under ``head``: ``what`` each is of, question, findings."""
    return "\n".join([head, *_lines(folder, what), ""])


def parts(page: str) -> tuple[str, str, list[str]]:
    """The title of a page, its question, and its findings, a line each."""
    head, _, rest = page.partition(f"\n{FINDING}\n")
    title, _, question = head.partition("\n")
    findings = rest.partition("\n## ")[0]
    return title.removeprefix("# "), question.strip(), [line[2:] for line in findings.splitlines() if line[:2] == "- "]


def _lines(folder: Path, what: str) -> Iterator[str]:
    yield f"| {what} | question | findings |"
    yield "|---|---|---|"
    for path in sorted(folder.glob("*.md")):
        if path.name != INDEX:
            title, question, findings = parts(path.read_text(encoding="utf-8"))
            yield f"| [{title}]({path.name}) | {question} | {'<br>'.join(findings)} |"
