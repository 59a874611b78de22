"""``python -m analysis.study_pages OUT [OUT ...]``: write docs/studies/NAME.md of each study, and the index of all."""

import sys
from functools import partial
from pathlib import Path

from analysis.docs_pages import DOCS, each, publish
from analysis.study import Study
from analysis.study_figures import draw_study
from analysis.study_pages.index import index
from analysis.study_pages.page import page


def write(out: Path, docs: Path = DOCS) -> Path:
    """Draw the study in ``out``, and write its page with its figures into ``docs``; the page. Raises ``InputError``."""
    study = Study.read(out)
    return publish(docs, "studies", study.name, draw_study(out), partial(page, study), index)


def main(folders: list[str]) -> int:
    """Write the pages of the studies in ``folders``; the exit code."""
    return each(write, folders)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
