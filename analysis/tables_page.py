"""The page docs/tables.md: every column of every table, and every measure made of them."""

from collections.abc import Iterator, Mapping
from itertools import groupby

import analysis.measures  # noqa: F401  fills the registry
from analysis import columns
from analysis.measure import MEASURES, TWIN_MEASURES, Measure, families
from analysis.numbers import by_unit
from analysis.table_text import interval

_UNITS = """## Units

What a column of numbers may hold, by its unit. A null is a value that is not defined, and whole numbers have none. A
table that holds anything else is refused.
"""

_MEASURES = """## Measures

What `turnstile compare`, studies and tuning take from the tables, besides the keys of the summary. Each recipe is a
line of pandas that gives the same number: in it every table is a DataFrame under its own name, `summary` and `config`
are dictionaries, `pd` and `np` are pandas and numpy, and `scipy` and `itertools` are what they are called. In the
names of a family each word between braces is one measure, and the recipe is of the first: in the others its columns
are theirs. Where a measure is not defined, as in a run of a few days, its recipe may say anything.
"""

_TWINS = """## Measures of twins

Two runs of one world under two governances. In the recipes a name with an underscore behind it, such as `ideas_`,
is that of the second run.
"""


def render() -> str:
    """The page."""
    return "\n".join([columns.render(), *_units(), *_section(_MEASURES, MEASURES), *_section(_TWINS, TWIN_MEASURES)])


def _units() -> Iterator[str]:
    yield from (_UNITS, "| unit | allowed |", "|---|---|")
    for held, units in groupby(by_unit(), by_unit().get):
        yield f"| {', '.join(units)} | {held} |"
    yield ""


def _section(head: str, measures: Mapping[str, Measure]) -> Iterator[str]:
    yield from (head, "| measure | unit | within | formula | source |", "|---|---|---|---|---|")
    for name, m in families(measures).items():
        yield f"| `{name}` | {m.unit} | {interval(*m.within)} | {m.about}: {m.formula} | {m.source} |"
    yield ""
    for m in families(measures).values():
        yield f"- `{m.name}`: `{m.recipe}`"
    yield ""


if __name__ == "__main__":
    print(render(), end="")
