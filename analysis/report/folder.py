"""The report of a folder, whatever it is the folder of."""

from pathlib import Path

from analysis.errors import InputError
from analysis.page.blocks import Page
from analysis.page.render import render

REPORT = "report.html"
"""Where a report lies in the folder that it is of, unless another place is named."""


def report(folder: Path) -> str:
    """The report of what lies in ``folder``, a study, a sensitivity, a tuning, a sweep or a run, as HTML.

    Figures are drawn into ``figures``. Raises ``InputError`` where it is none of these, and where a table is missing,
    cut short or another version's.
    """
    return render(_page(Path(folder)))


def _page(folder: Path) -> Page:
    # Each imports what it reads with only where it is asked for, and draws when nothing is left to be refused.
    if (folder / "study.yaml").exists():
        from analysis.report.study import report
        from analysis.report.study_charts import gathered
        from analysis.study import Study
        from analysis.study_figures.drawing import draw

        study = Study.read(folder)
        figures = gathered(study)
        page = report(study, figures)
        draw(study, figures)
        return page
    if (folder / "sensitivity.yaml").exists():
        from analysis.report.sensitivity import report
        from analysis.sensitivity.result import Result
        from analysis.sensitivity_figures import draw_sensitivity

        page = report(Result.read(folder))
        draw_sensitivity(folder)
        return page
    if (folder / "tuning.yaml").exists():
        from analysis.report.tuning import report
        from analysis.tuning import Tuning
        from analysis.tuning_figures import draw_tuning

        page = report(Tuning.read(folder))
        draw_tuning(folder)
        return page
    if (folder / "sweep.yaml").exists():
        from analysis.report import sweep

        return sweep.report(folder)
    if (folder / "summary.json").exists():
        from analysis.report import run

        return run.report(folder)
    raise InputError(f"{folder}: found no study.yaml, sensitivity.yaml, tuning.yaml, sweep.yaml or summary.json; "
                     "allowed is the folder of a finished study, sensitivity, tuning, sweep or run")  # fmt: skip
