"""The page of a tuning: its question, what was found, what is recommended and how it was searched, from its tables."""

from collections.abc import Iterator, Mapping

from analysis import tuning_told as told
from analysis.study_pages.page import FINDING
from analysis.study_pages.text import marked, table
from analysis.study_told import Rows, title
from analysis.tuning import Tuning


def page(tuning: Tuning, figures: Mapping[str, str]) -> str:
    """The page; ``figures``: what each shows → where it lies, from the page."""
    sections = (
        [f"# {title(tuning.name)}", "", marked(tuning.said["question"]), "", FINDING, ""],
        (f"- {marked(line)}" for line in told.found(tuning)),
        ["", "## Recommended", ""],
        _table(told.recommended(tuning)),
        ["", "## Settings", ""],
        _table(told.levers(tuning)),
        ["", "As presets of governance, which `turnstile tune` writes:", "", "```sh", told.use(tuning), "```"],
        ["", "## Whether searching paid", ""],
        _table(told.compared(tuning)),
        ["", "## Design", ""],
        (f"- {marked(line)}" for line in told.design(tuning)),
        ["", "## Figures", ""],
        _figures(figures),
        ["## How to reproduce it", ""],
        _reproduce(tuning),
    )
    return "\n".join(line for section in sections for line in section) + "\n"


def _table(rows: Rows) -> Iterator[str]:
    yield from table([marked(name) for name in rows.head], ([marked(cell) for cell in row] for row in rows.rows))


def _figures(figures: Mapping[str, str]) -> Iterator[str]:
    for said, where in figures.items():
        yield f"![{marked(where.rpartition('/')[2])}]({where})"
        yield ""
        yield f"*{marked(said)}.*"
        yield ""


def _reproduce(tuning: Tuning) -> Iterator[str]:
    versions = tuning.held["versions"]
    yield "```sh"
    yield told.command(tuning)
    yield "```"
    yield ""
    yield f"By turnstile {versions['turnstile']}, simulator `{versions['simulator']}`, Python {versions['python']}"
    yield f"with {told.libraries(tuning)}."
    yield ""
    yield "Rendered from the tables of the tuning by `python -m analysis.tuning_pages OUT`, OUT being its folder."
