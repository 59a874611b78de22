"""The page of a sensitivity, all of it from its tables."""

from collections.abc import Iterator, Mapping

from analysis.sensitivity import told
from analysis.sensitivity.analysing import SIGNS
from analysis.sensitivity.result import Result
from analysis.study_pages.page import FINDING
from analysis.study_pages.text import marked, table
from analysis.study_told import Rows, code


def page(result: Result, figures: Mapping[str, str]) -> str:
    """The page; ``figures``: what each shows → where it lies, from the page."""
    sections = (
        [f"# {told.title(result)}", "", marked(result.said["question"]), "", FINDING, ""],
        (f"- {marked(line)}" for line in told.findings(result)),
        ["", "## Design", ""],
        (f"- {marked(line)}" for line in told.design(result)),
        ["", f"## {'Signs' if result.method == SIGNS else 'Indices'}", "", marked(told.READING[result.method]), ""],
        _found(result),
        ["", "## Spread and convergence", ""],
        _table(told.spread(result)),
        ["", "## Figures", ""],
        _figures(figures),
        ["## Parameters", ""],
        _table(told.parameters(result)),
        ["", "## How to reproduce it", "", "```sh", told.command(result), "```", ""],
        _versions(result),
    )
    return "\n".join(line for section in sections for line in section) + "\n"


def _found(result: Result) -> Iterator[str]:
    if result.method != SIGNS:
        yield from _table(told.indices(result))
        return
    yield from _table(told.signs(result))
    for finding, lines in told.where(result):
        yield from ("", f"Where {marked(finding)} turns:", "")
        yield from (f"- {marked(line)}" for line in lines)


def _table(rows: Rows) -> Iterator[str]:
    yield from table(rows.head, ([marked(cell) for cell in row] for row in rows.rows))


def _figures(figures: Mapping[str, str]) -> Iterator[str]:
    for said, where in figures.items():
        yield from (f"![{marked(where.rpartition('/')[2])}]({where})", "", f"*{marked(said)}.*", "")


def _versions(result: Result) -> Iterator[str]:
    versions = result.said["versions"]
    simulator = code(versions["simulator"])
    yield f"By turnstile {versions['turnstile']}, simulator {simulator}, Python {versions['python']}"
    yield f"with {told.libraries(result)}."
    yield ""
    yield "Rendered from its tables by `python -m analysis.sensitivity_pages OUT`, OUT being its folder."
