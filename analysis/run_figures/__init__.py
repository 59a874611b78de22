"""Figures of one run, from its folder alone."""

from pathlib import Path


def draw_run(folder: Path) -> list[Path]:
    """Draw the run in ``folder`` into its subfolder ``figures``, each figure as PNG and PDF; the files, sorted.

    The figures of the economy are left out where no developer decides.
    Raises ``InputError`` where the folder does not hold a run or the disk refuses. The bytes depend on the run alone.
    """
    from analysis.files import writing
    from analysis.run import Run
    from analysis.run_figures.catalogue import ALWAYS, ECONOMY  # with matplotlib, so only for who draws
    from analysis.style import save, styled

    folder = Path(folder)
    run = Run.read(folder)
    target = folder / "figures"
    files = []
    with styled(), writing(target):
        target.mkdir(exist_ok=True)
        for figure in ALWAYS + ECONOMY if run.decides else ALWAYS:
            name = figure.__name__.rpartition(".")[2]
            files += save(figure.draw(run), target / name, figure.TITLE, run.origin)
    return sorted(files)
