"""Draw the figures of a study, of what was gathered for them."""

from collections.abc import Sequence
from pathlib import Path

from analysis.study import Study
from analysis.study_figures import effects
from analysis.study_figures.asked import Asked, numbered
from analysis.study_figures.gathered import Gathered
from analysis.style import draw_at_widths, save


def draw(study: Study, figures: Sequence[tuple[Asked, Gathered]]) -> dict[str, list[Path]]:
    """Draw the effects of ``study`` and its ``figures``, as `analysis.study_figures.draw_study` says.

    Of what was gathered, the measures that the figure names are drawn; where it names none, nothing.
    """

    def drawn(target: Path) -> dict[str, list[Path]]:
        files = {effects.TITLE: save(effects.draw(study), target / "effects", effects.TITLE, study.origin)}
        for number, figure, held in numbered(figures):
            if not figure.measures:
                continue
            stem = figure.name if number == 1 else f"{figure.name}_{number}"
            made = figure.kind.drawn(study, held.only(figure.measures))
            said = figure.caption(held)
            files[said] = save(made, target / stem, said, study.origin)
        return files

    return draw_at_widths(study.folder / "figures", drawn)
