"""``python -m analysis.sensitivity_pages OUT [OUT ...]``: write docs/sensitivity/NAME_METHOD.md, and the index."""

import sys
from functools import partial
from pathlib import Path

from analysis.docs_pages import DOCS, each, publish
from analysis.sensitivity.result import Result
from analysis.sensitivity_figures import draw_sensitivity
from analysis.sensitivity_pages.page import page
from analysis.study_pages.index import index

_HEAD = """# Sensitivity

Each page is rendered from the tables of a sensitivity, by `python -m analysis.sensitivity_pages OUT`; so is this one.
[How designs are made and read](../sensitivity.md).
"""


def write(out: Path, docs: Path = DOCS) -> Path:
    """Draw the result in ``out``, write its page with its figures into ``docs``; the page. Raises ``InputError``."""
    result = Result.read(out)
    name, indexed = f"{result.said['name']}_{result.method}", partial(index, head=_HEAD, what="sensitivity")
    return publish(docs, "sensitivity", name, draw_sensitivity(out), partial(page, result), indexed)


def main(folders: list[str]) -> int:
    """Write the pages of the results in ``folders``; the exit code."""
    return each(write, folders)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
