"""``python -m analysis.tuning_pages OUT [OUT ...]``: write docs/tunings/NAME.md of each tuning, and their index."""

import sys
from functools import partial
from pathlib import Path

from analysis.docs_pages import DOCS, each, publish
from analysis.study_pages.index import index
from analysis.tuning import Tuning
from analysis.tuning_figures import draw_tuning
from analysis.tuning_pages.page import page

_HEAD = """# Tunings

Each page is rendered from the tables of a tuning, by `python -m analysis.tuning_pages OUT`; so is this one.
[How tunings are written, run and judged](../tuning.md).
"""


def write(out: Path, docs: Path = DOCS) -> Path:
    """Draw the tuning in ``out``, write its page with its figures into ``docs``; the page. Raises ``InputError``."""
    tuning = Tuning.read(out)
    indexed = partial(index, head=_HEAD, what="tuning")
    return publish(docs, "tunings", tuning.name, draw_tuning(out), partial(page, tuning), indexed)


def main(folders: list[str]) -> int:
    """Write the pages of the tunings in ``folders``; the exit code."""
    return each(write, folders)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
