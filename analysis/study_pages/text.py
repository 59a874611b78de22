"""Markdown: what stands in a study file is text, whatever it looks like."""

import re
from collections.abc import Iterable, Iterator, Sequence


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


def _plain(text: str) -> str:
    text = re.sub("<(?=[A-Za-z/!?])", "&lt;", text.replace("&", "&amp;"))  # not that of <= 0.6
    text = "".join(f"\\{c}" if c in "\\`*|" else c for c in text)
    return text.replace("](", "]\\(")  # no link
