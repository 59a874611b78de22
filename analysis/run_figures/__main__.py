"""``python -m analysis.run_figures DIR [DIR ...]``: draw runs anew, as wide as a column and as wide as a page."""

import sys
from pathlib import Path

from analysis.errors import InputError
from analysis.run_figures import draw_run


def main(folders: list[str]) -> int:
    """Draw the runs in ``folders``; the exit code."""
    try:
        for folder in folders:
            print("\n".join(map(str, draw_run(Path(folder), page=True))))
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
