"""Markdown: what stands in a study file is text, whatever it looks like."""

from collections.abc import Iterable, Iterator, Sequence


def plain(text: object) -> str:
    """Text of one line in which nothing is markup."""
    line = " ".join(str(text).split()).replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{c}" if c in "\\`*[]|" else c for c in line)


def code(text: object) -> str:
    """Text of one line as code, for sentences and cells."""
    line = " ".join(str(text).split()).replace("|", "\\|")
    return f"`` {line} ``" if "`" in line else f"`{line}`"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table of cells that are Markdown already."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
