"""Markdown: what stands in a study file is text, whatever it looks like."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from analysis.study_told import Rows, libraries


def marked(text: object) -> str:
    """Text of one line in which nothing is markup but `code` between backticks."""
    parts = re.split("(`[^`]+`)", " ".join(str(text).split()))
    return "".join(part.replace("|", "\\|") if i % 2 else _plain(part) for i, part in enumerate(parts))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table of cells that are Markdown already."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def told_table(rows: Rows) -> Iterator[str]:
    """A table of what is told."""
    yield from table([marked(name) for name in rows.head], ([marked(cell) for cell in row] for row in rows.rows))


def figures(drawn: Mapping[str, str]) -> Iterator[str]:
    """``drawn``: what each figure shows → where it lies, from the page."""
    for said, where in drawn.items():
        yield from (f"![{marked(where.rpartition('/')[2])}]({where})", "", f"*{marked(said)}.*", "")


def made_by(versions: Mapping) -> Iterator[str]:
    """What ran it, by the ``versions`` of its record."""
    yield f"By turnstile {versions['turnstile']}, simulator `{versions['simulator']}`, Python {versions['python']}"
    yield f"with {libraries(versions)}."


def _plain(text: str) -> str:
    text = re.sub("<(?=[A-Za-z/!?])", "&lt;", text.replace("&", "&amp;"))  # not that of <= 0.6
    text = "".join(f"\\{c}" if c in "\\`*|" else c for c in text)
    return text.replace("](", "]\\(")  # no link
