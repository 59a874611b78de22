"""Figures of a sensitivity, from its folder alone."""

from pathlib import Path


def draw_sensitivity(folder: Path) -> dict[str, list[Path]]:
    """Draw the result in ``folder`` into its subfolder ``figures``: title → the PNG and the PDF of that figure.

    Raises ``InputError`` where the folder does not hold a finished sensitivity or the disk refuses. The bytes depend on
    the tables alone.
    """
    from analysis.files import writing
    from analysis.sensitivity.result import Result
    from analysis.sensitivity_figures.catalogue import FIGURES
    from analysis.style import save, styled

    result = Result.read(folder)
    target, files = result.folder / "figures", {}
    with styled(), writing(target):
        for stem, (title, draw) in FIGURES[result.method].items():
            files[title] = save(draw(result), target / stem, title, result.origin)
    return files
