"""Pages of docs that are rendered from folders of results: each with its figures, and in the index of its kind."""

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from analysis.errors import InputError
from analysis.files import write_together
from analysis.style import few_colours

DOCS = Path("docs")

INDEX = "README.md"


def publish(
    docs: Path,
    kind: str,
    name: str,
    drawn: Mapping[str, tuple[Path, Path]],
    page: Callable[[Mapping[str, str]], str],
    index: Callable[[Path], str],
) -> Path:
    """Write ``docs``/KIND/NAME.md with its figures, and the index of its ``kind``; the page.

    ``drawn``: what each figure shows → its PNG and PDF; ``page`` makes the text of what each shows → where it lies,
    from the page; ``index`` that of a folder of pages.
    """
    contents, where = {}, {}
    for title, (png, _) in drawn.items():
        contents[docs / "figures" / kind / name / png.name] = few_colours(png)
        where[title] = f"../figures/{kind}/{name}/{png.name}"
    target = docs / kind / f"{name}.md"
    write_together({**contents, target: page(where)})
    write_together({docs / kind / INDEX: index(docs / kind)})
    return target


def each(do: Callable[[Path], object], folders: Iterable[str]) -> int:
    """``do`` one folder after the other and print what it returns; the exit code, 2 with one line at bad input."""
    try:
        for folder in folders:
            print(do(Path(folder)))
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0
