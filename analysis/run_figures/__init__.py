"""Figures of one run, from its folder alone."""

from pathlib import Path


def draw_run(folder: Path, page: bool = False, target: Path | None = None) -> list[Path]:
    """Draw the run in ``folder`` into ``target``, by default its subfolder ``figures``, each figure as PNG and PDF;
    the files, in the order of the catalogue.

    They are as wide as a column; with ``page`` they are also drawn as wide as a page, into ``page`` below.
    The figures of the economy are left out where no developer decides.
    Raises ``InputError`` where the folder does not hold a run or the disk refuses. The bytes depend on the run alone.
    """
    from analysis.run import Run
    from analysis.run_figures.catalogue import ALWAYS, ECONOMY  # with matplotlib, so only for who draws
    from analysis.style import draw_at_widths, save

    folder = Path(folder)
    run = Run.read(folder)
    figures = ALWAYS + ECONOMY if run.decides else ALWAYS

    def draw(target: Path) -> list[Path]:
        files = []
        for figure, drawn in [(figure, figure.draw(run)) for figure in figures]:  # all are drawn, then written
            name = figure.__name__.rpartition(".")[2]
            files += save(drawn, target / name, figure.TITLE, run.origin)
        return files

    return draw_at_widths(target or folder / "figures", draw, page)
