"""The page of a sensitivity, all of it from its tables."""

from collections.abc import Iterator, Mapping

from analysis.sensitivity import told
from analysis.sensitivity.analysing import SIGNS
from analysis.sensitivity.result import Result
from analysis.study_pages.page import FINDING
from analysis.study_pages.text import figures, made_by, marked, told_table


def page(result: Result, drawn: Mapping[str, str]) -> str:
    """The page; ``drawn``: what each shows → where it lies, from the page."""
    sections = (
        [f"# {told.title(result)}", "", marked(result.said["question"]), "", FINDING, ""],
        (f"- {marked(line)}" for line in told.findings(result)),
        ["", "## Design", ""],
        (f"- {marked(line)}" for line in told.design(result)),
        ["", f"## {'Signs' if result.method == SIGNS else 'Indices'}", "", marked(told.READING[result.method]), ""],
        _found(result),
        ["", "## Spread and convergence", ""],
        told_table(told.spread(result)),
        ["", "## Figures", ""],
        figures(drawn),
        ["## Parameters", ""],
        told_table(told.parameters(result)),
        ["", "## How to reproduce it", "", "```sh", told.command(result), "```", ""],
        _versions(result),
    )
    return "\n".join(line for section in sections for line in section) + "\n"


def _found(result: Result) -> Iterator[str]:
    if result.method != SIGNS:
        yield from told_table(told.indices(result))
        return
    yield from told_table(told.signs(result))
    for finding, lines in told.where(result):
        yield from ("", f"Where {marked(finding)} turns:", "")
        yield from (f"- {marked(line)}" for line in lines)


def _versions(result: Result) -> Iterator[str]:
    yield from made_by(result.said["versions"])
    yield ""
    yield "Rendered from its tables by `python -m analysis.sensitivity_pages OUT`, OUT being its folder."
