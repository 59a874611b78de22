"""Figures of one run, from its folder alone."""

from pathlib import Path


def draw_run(folder: Path) -> list[Path]:
    """Draw the run in ``folder`` into its subfolder ``figures``, each figure as PNG and PDF; the files, sorted.

    Raises ``InputError`` where the folder does not hold a run. The bytes depend on the run, not on when it is drawn.
    """
    from analysis.run_figures import confidence, latency, queues, shares, traffic  # matplotlib: only for who draws
    from analysis.run_figures.run import Run
    from analysis.style import save, styled

    run = Run.read(Path(folder))
    target = run.folder / "figures"
    target.mkdir(exist_ok=True)
    files = []
    with styled():
        for figure in (traffic, latency, shares, confidence, queues):
            name = figure.__name__.rpartition(".")[2]
            files += save(figure.draw(run), target / name, figure.TITLE, run.origin)
    return sorted(files)
