"""``python -m analysis.sensitivity_pages OUT [OUT ...]``: write docs/sensitivity/NAME_METHOD.md, and the index."""

import sys
from pathlib import Path

from analysis.errors import InputError
from analysis.files import write_together
from analysis.sensitivity.result import Result
from analysis.sensitivity_figures import draw_sensitivity
from analysis.sensitivity_pages.page import page
from analysis.study_pages.index import INDEX, index
from analysis.style import few_colours

DOCS = Path("docs")

_HEAD = """# Sensitivity

Each page is rendered from the tables of a sensitivity, by `python -m analysis.sensitivity_pages OUT`; so is this one.
[How designs are made and read](../sensitivity.md).
"""


def write(out: Path, docs: Path = DOCS) -> Path:
    """Draw the result in ``out``, write its page with its figures into ``docs``; the page. Raises ``InputError``."""
    result = Result.read(out)
    name, contents, where = f"{result.said['name']}_{result.method}", {}, {}
    for title, (png, _) in draw_sensitivity(out).items():
        contents[docs / "figures" / "sensitivity" / name / png.name] = few_colours(png)
        where[title] = f"../figures/sensitivity/{name}/{png.name}"
    target = docs / "sensitivity" / f"{name}.md"
    write_together({**contents, target: page(result, where)})
    write_together({docs / "sensitivity" / INDEX: index(docs / "sensitivity", _HEAD, "sensitivity")})
    return target


def main(folders: list[str]) -> int:
    """Write the pages of the results in ``folders``; the exit code."""
    try:
        for folder in folders:
            print(write(Path(folder)))
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
