"""``python -m analysis.run_figures DIR [DIR ...]``: draw runs anew, as wide as a column and as wide as a page."""

import sys

from analysis.docs_pages import each
from analysis.run_figures import draw_run


def main(folders: list[str]) -> int:
    """Draw the runs in ``folders``; the exit code."""
    return each(lambda folder: "\n".join(map(str, draw_run(folder, page=True))), folders)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
