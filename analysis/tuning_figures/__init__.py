"""Figures of a tuning, from its folder alone: the front, the hypervolume over trials, the importance of levers."""

from pathlib import Path


def draw_tuning(folder: Path) -> dict[str, list[Path]]:
    """Draw the tuning in ``folder`` into its subfolder ``figures``: what it shows → the PNG and the PDF of a figure.

    Raises ``InputError`` where the folder does not hold a finished tuning or the disk refuses. The bytes depend on the
    tables alone.
    """
    from analysis.files import writing
    from analysis.style import save, styled
    from analysis.tuning import Tuning
    from analysis.tuning_figures import front, importance, volume

    tuning = Tuning.read(folder)
    target, found = tuning.folder / "figures", {}
    with styled(), writing(target):
        for name, figure in (("front", front), ("volume", volume), ("importance", importance)):
            if (drawn := figure.draw(tuning)) is not None:
                found[figure.TITLE] = save(drawn, target / name, figure.TITLE, tuning.origin)
    return found
