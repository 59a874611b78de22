"""The page of a tuning: its question, what was found, what is recommended and how it was searched, from its tables."""

from collections.abc import Iterator, Mapping

from analysis import tuning_told as told
from analysis.study_pages.page import FINDING
from analysis.study_pages.text import figures, made_by, marked, told_table
from analysis.study_told import title
from analysis.tuning import Tuning


def page(tuning: Tuning, drawn: Mapping[str, str]) -> str:
    """The page; ``drawn``: what each shows → where it lies, from the page."""
    sections = (
        [f"# {title(tuning.name)}", "", marked(tuning.said["question"]), "", FINDING, ""],
        (f"- {marked(line)}" for line in told.found(tuning)),
        ["", "## Recommended", ""],
        told_table(told.recommended(tuning)),
        ["", "## Settings", ""],
        told_table(told.levers(tuning)),
        ["", "As presets of governance, which `turnstile tune` writes:", "", "```sh", told.use(tuning), "```"],
        ["", "## Whether searching paid", ""],
        told_table(told.compared(tuning)),
        ["", "## Design", ""],
        (f"- {marked(line)}" for line in told.design(tuning)),
        ["", "## Figures", ""],
        figures(drawn),
        ["## How to reproduce it", ""],
        _reproduce(tuning),
    )
    return "\n".join(line for section in sections for line in section) + "\n"


def _reproduce(tuning: Tuning) -> Iterator[str]:
    yield "```sh"
    yield told.command(tuning)
    yield "```"
    yield ""
    yield from made_by(tuning.held["versions"])
    yield ""
    yield "Rendered from the tables of the tuning by `python -m analysis.tuning_pages OUT`, OUT being its folder."
