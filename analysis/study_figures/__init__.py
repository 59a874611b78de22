"""Figures of a study, from its folder alone. A kind of figure is one function in ``analysis/study_figures/kinds``."""

from pathlib import Path


def draw_study(folder: Path) -> dict[str, list[Path]]:
    """Draw the study in ``folder`` into its subfolder ``figures``: title → the PNG and the PDF of that figure.

    First its effects, then what its file names, in that order. Raises ``InputError`` where the folder does not hold a
    finished study or the disk refuses. The bytes depend on the tables alone.
    """
    from analysis.study import Study
    from analysis.study_figures.asked import asked
    from analysis.study_figures.drawing import draw

    study = Study.read(folder)
    return draw(study, [(figure, figure.gather(study)) for figure in asked(study)])
