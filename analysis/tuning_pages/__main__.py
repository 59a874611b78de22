"""``python -m analysis.tuning_pages OUT [OUT ...]``: write docs/tunings/NAME.md of each tuning, and their index."""

import sys
from pathlib import Path

from analysis.errors import InputError
from analysis.files import write_together
from analysis.study_pages.index import INDEX, index
from analysis.style import few_colours
from analysis.tuning import Tuning
from analysis.tuning_figures import draw_tuning
from analysis.tuning_pages.page import page

DOCS = Path("docs")

_HEAD = """# Tunings

Each page is rendered from the tables of a tuning, by `python -m analysis.tuning_pages OUT`; so is this one.
[How tunings are written, run and judged](../tuning.md).
"""


def write(out: Path, docs: Path = DOCS) -> Path:
    """Draw the tuning in ``out``, write its page with its figures into ``docs``; the page. Raises ``InputError``."""
    tuning = Tuning.read(out)
    name, contents, where = tuning.name, {}, {}
    for title, (png, _) in draw_tuning(out).items():
        contents[docs / "figures" / "tunings" / name / png.name] = few_colours(png)
        where[title] = f"../figures/tunings/{name}/{png.name}"
    target = docs / "tunings" / f"{name}.md"
    write_together({**contents, target: page(tuning, where)})
    write_together({docs / "tunings" / INDEX: index(docs / "tunings", _HEAD, "tuning")})
    return target


def main(folders: list[str]) -> int:
    """Write the pages of the tunings in ``folders``; the exit code."""
    try:
        for folder in folders:
            print(write(Path(folder)))
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
