"""Figures of a study, from its folder alone. A kind of figure is one function in ``analysis/study_figures/kinds``."""

from collections import Counter
from pathlib import Path


def draw_study(folder: Path) -> dict[str, list[Path]]:
    """Draw the study in ``folder`` into its subfolder ``figures``: title → the PNG and the PDF of that figure.

    First its effects, then what its file names, in that order. Raises ``InputError`` where the folder does not hold a
    finished study or the disk refuses. The bytes depend on the tables alone.
    """
    import analysis.study_figures.kinds  # noqa: F401  fills the registry
    from analysis.errors import InputError
    from analysis.files import writing
    from analysis.study import Study
    from analysis.study_figures import effects
    from analysis.study_figures.kind import KINDS
    from analysis.style import save, styled

    study = Study.read(folder)
    target = study.folder / "figures"
    files, seen = {}, Counter()
    with styled(), writing(target):
        target.mkdir(exist_ok=True)
        files[effects.TITLE] = save(effects.draw(study), target / "effects", effects.TITLE, study.origin)
        for said in study.said.get("figures", ()):
            name, measures, keys = said["kind"], tuple(said["measures"]), {k: said[k] for k in said if k not in _OF_ALL}
            if name not in KINDS:
                raise InputError(f"{study.folder}: {name}: no such kind of figure in this version")
            seen[name] += 1
            stem = name if seen[name] == 1 else f"{name}_{seen[name]}"
            title = f"{KINDS[name].title}: {', '.join(measures)}"
            figure = KINDS[name].draw(study, measures, **keys)
            files[title] = save(figure, target / stem, title, study.origin)
    return files


_OF_ALL = ("kind", "measures")
"""What a study file says of every figure."""
