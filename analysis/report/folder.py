"""The report of a folder, whatever it is the folder of."""

from pathlib import Path

from analysis.errors import InputError
from analysis.finished import SENSITIVITY, STUDY, SWEEP, TUNING
from analysis.page.blocks import Page
from analysis.page.render import render

REPORT = "report.html"
"""Where a report lies in the folder that it is of, unless another place is named."""


def report(folder: Path, figures: bool = True) -> str:
    """The report of what lies in ``folder``, a study, a sensitivity, a tuning, a sweep or a run, as HTML.

    Its ``figures`` for print are drawn into the subfolder of this name; without them it is left as it is. Raises
    ``InputError`` where it is none of these, and where a table is missing, cut short or another version's.
    """
    return render(_page(Path(folder), figures))


def _page(folder: Path, figures: bool) -> Page:
    # Each imports what it reads with only where it is asked for, and draws when nothing is left to be refused.
    if (folder / STUDY).exists():
        from analysis.report.study import report
        from analysis.report.study_charts import gathered
        from analysis.study import Study
        from analysis.study_figures.drawing import draw

        study = Study.read(folder)
        held = gathered(study)
        page = report(study, held)
        if figures:
            draw(study, held)
        return page
    if (folder / SENSITIVITY).exists():
        from analysis.report.sensitivity import report
        from analysis.sensitivity.result import Result
        from analysis.sensitivity_figures import draw_sensitivity

        page = report(Result.read(folder))
        if figures:
            draw_sensitivity(folder)
        return page
    if (folder / TUNING).exists():
        from analysis.report.tuning import report
        from analysis.tuning import Tuning
        from analysis.tuning_figures import draw_tuning

        page = report(Tuning.read(folder))
        if figures:
            draw_tuning(folder)
        return page
    if (folder / SWEEP).exists():
        from analysis.report import sweep

        return sweep.report(folder)
    if (folder / "summary.json").exists():
        from analysis.report import run

        return run.report(folder, figures)
    raise InputError(f"{folder}: found no study.yaml, sensitivity.yaml, tuning.yaml, sweep.yaml or summary.json; "
                     "allowed is the folder of a finished study, sensitivity, tuning, sweep or run")  # fmt: skip
