"""``python -m analysis.gallery [RUN]``: write docs/gallery.md; a run that is named is drawn into docs/figures/run.

The page shows every figure of a run and every kind of figure of a study. What it says of each is what its module and
its file say of it; figures of studies are those of their pages in docs/studies.
"""

import importlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

from PIL import Image

import analysis.study_figures.kinds  # noqa: F401  fills the registry
from analysis.errors import InputError
from analysis.files import write_together
from analysis.run_figures import draw_run
from analysis.run_figures.catalogue import ALWAYS, ECONOMY
from analysis.study_figures import effects
from analysis.study_figures.kind import KINDS
from analysis.style import few_colours

DOCS, PAGE = Path("docs"), "gallery.md"
RUN, STUDIES = Path("figures") / "run", Path("figures") / "studies"

_HEAD = """# Gallery

Every figure of a run and every kind of figure of a study. Each is there as PNG and PDF, a column wide, drawn from
tables alone; studies draw theirs as wide as a page too, and [figures of your own](figures.md) tells how a run's are.
Bands, bars and whiskers are 95 % intervals. The metadata of a file say what it was drawn from.
"""

_ALWAYS = """## Of every run

In `figures/` of the run's folder: `turnstile run` draws them unless `output.figures=false`.
"""

_ECONOMY = """## Of runs in which developers decide

Beside them, so not with `developers=none`.
"""

_STUDIES = """## Of studies

In `figures/` of the study's folder, and on its page. `effects` is always drawn, the other kinds where the study file
names them under `figures` ([studies](studies.md)).
"""


def write(run: Path | None, docs: Path = DOCS) -> Path:
    """Draw the run in the folder ``run``, if any, for ``docs``, and write the page; its path. Raises ``InputError``."""
    if run:
        drawn = [file for file in draw_run(run) if file.suffix == ".png"]
        write_together({docs / RUN / file.name: few_colours(file) for file in drawn})
    write_together({docs / PAGE: page(docs)})
    return docs / PAGE


def page(docs: Path = DOCS) -> str:
    """The page, from the figures in ``docs``. Raises ``InputError`` where one is missing."""
    parts = [_HEAD]
    for head, figures in ((_ALWAYS, ALWAYS), (_ECONOMY, ECONOMY)):
        parts += [head, *_of_runs(docs, figures)]
    parts += [_STUDIES, _of_study(docs, "effects", effects, "")]
    for name, kind in sorted(KINDS.items()):
        module = importlib.import_module(f"analysis.study_figures.kinds.{name}")
        keys = [f"`{key}`" + (", which is needed" if needed else "") for key, needed in kind.keys.items()]
        asked = f"`kind: {name}`, `measures`" + "".join(f", {key}" for key in keys)
        parts.append(_of_study(docs, name, module, f" In a study file: {asked}."))
    return "\n".join(parts)


def _of_runs(docs: Path, figures: Sequence[ModuleType]) -> Iterator[str]:
    for figure in figures:
        name = figure.__name__.rpartition(".")[2]
        yield _entry(docs, name, figure, RUN / f"{name}.png")


def _of_study(docs: Path, name: str, module: ModuleType, asked: str) -> str:
    """The entry of a kind, with the figure of the first study that has one."""
    found = sorted(path.relative_to(docs) for path in (docs / STUDIES).glob(f"*/{name}.png"))
    where = found[0] if found else STUDIES / "NAME" / f"{name}.png"
    study = where.parent.name
    return _entry(docs, name, module, where, asked) + f"\nOf [{study}](studies/{study}.md).\n"


def _entry(docs: Path, name: str, module: ModuleType, where: Path, asked: str = "") -> str:
    try:
        with Image.open(docs / where) as drawn:
            title = drawn.info["Title"]
    except (OSError, KeyError) as error:
        raise InputError(f"{docs / where}: no figure of ours; every kind needs one to be shown") from error
    about = module.__doc__.partition("\n\n")[0]
    about = " ".join(about.split())
    return f"### {name}\n\n{about}{asked}\n\n![{name}]({where.as_posix()})\n\n*{title}.*\n"


def main(words: list[str]) -> int:
    """Write the page, with new figures of the run in the folder that is named, if one is; the exit code."""
    try:
        print(write(Path(words[0]) if words else None))
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
