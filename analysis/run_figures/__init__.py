"""Figures of one run, from its folder alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.errors import InputError


def draw_run(folder: Path) -> list[Path]:
    """Draw the run in ``folder`` into its subfolder ``figures``, each figure as PNG and PDF; the files, sorted.

    The figures of the economy are left out where no developer decides.
    Raises ``InputError`` where the folder does not hold a run or the disk refuses. The bytes depend on the run alone.
    """
    from analysis.run import Run
    from analysis.run_figures.catalogue import ALWAYS, ECONOMY  # with matplotlib, so only for who draws
    from analysis.style import save, styled

    folder = Path(folder)
    run = Run.read(folder)
    target = folder / "figures"
    files = []
    with styled(), _writing(target):
        target.mkdir(exist_ok=True)
        for figure in ALWAYS + ECONOMY if run.decides else ALWAYS:
            name = figure.__name__.rpartition(".")[2]
            files += save(figure.draw(run), target / name, figure.TITLE, run.origin)
    return sorted(files)


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        said = os.strerror(error.errno) if error.errno else str(error)
        raise InputError(f"{target}: cannot be written: {said}") from error
