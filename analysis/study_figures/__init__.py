"""Figures of a study, from its folder alone. A kind of figure is one function in ``analysis/study_figures/kinds``."""

from collections import Counter
from pathlib import Path


def draw_study(folder: Path) -> dict[str, list[Path]]:
    """Draw the study in ``folder`` into its subfolder ``figures``: title → the PNG and the PDF of that figure.

    First its effects, then what its file names, in that order: as wide as a column, which are returned, and as wide as
    a page, in ``figures/page``. Raises ``InputError`` where the folder does not hold a finished study or the disk
    refuses. The bytes depend on the tables alone.
    """
    import analysis.study_figures.kinds  # noqa: F401  fills the registry
    from analysis.errors import InputError
    from analysis.study import Study
    from analysis.study_figures import effects
    from analysis.study_figures.kind import KINDS
    from analysis.style import draw_at_widths, save

    study = Study.read(folder)

    def draw(target: Path) -> dict[str, list[Path]]:
        files, seen = {}, Counter()
        files[effects.TITLE] = save(effects.draw(study), target / "effects", effects.TITLE, study.origin)
        for said in study.said.get("figures", ()):
            name, measures, factors = _told(said)
            kind = KINDS.get(name)
            if (
                kind is None
                or not {*measures} <= {*kind.measures}
                or not factors.keys() <= kind.keys.keys()
                or not {*factors.values()} <= {*study.factors}
            ):
                raise InputError(f"{study.folder / 'study.yaml'}: figures: {said}: no such figure in this version")
            seen[name] += 1
            stem = name if seen[name] == 1 else f"{name}_{seen[name]}"
            title = f"{kind.title}: {', '.join(measures)}"
            files[title] = save(kind.draw(study, measures, **factors), target / stem, title, study.origin)
        return files

    return draw_at_widths(study.folder / "figures", draw)


def _told(said: dict) -> tuple[str, tuple[str, ...], dict[str, str]]:
    """Kind, measures, and the factors that further keys name."""
    rest = dict(said)
    return rest.pop("kind"), tuple(rest.pop("measures")), rest
