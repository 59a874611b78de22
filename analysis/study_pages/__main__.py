"""``python -m analysis.study_pages OUT [OUT ...]``: write docs/studies/NAME.md of each study, and the index of all."""

import sys
from pathlib import Path

from analysis.errors import InputError
from analysis.files import write_together
from analysis.study import Study
from analysis.study_figures import draw_study
from analysis.study_pages.index import INDEX, index
from analysis.study_pages.page import page
from analysis.style import few_colours

DOCS = Path("docs")


def write(out: Path, docs: Path = DOCS) -> Path:
    """Draw the study in ``out``, and write its page with its figures into ``docs``; the page. Raises ``InputError``."""
    study = Study.read(out)
    name, contents, where = study.name, {}, {}
    for title, (png, _) in draw_study(out).items():
        contents[docs / "figures" / "studies" / name / png.name] = few_colours(png)
        where[title] = f"../figures/studies/{name}/{png.name}"
    target = docs / "studies" / f"{name}.md"
    write_together({**contents, target: page(study, where)})
    write_together({docs / "studies" / INDEX: index(docs / "studies")})
    return target


def main(folders: list[str]) -> int:
    """Write the pages of the studies in ``folders``; the exit code."""
    try:
        for folder in folders:
            print(write(Path(folder)))
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
