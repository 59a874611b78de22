"""What a study prints: its question, what was found, the measures that it only reports, and what did it."""

import math

import pandas as pd

from analysis.study import AS_IT_IS
from analysis.study_words import EFFECT, crossed, defined
from scenarios.runner.means import mean_in_words
from scenarios.study.definition import Study
from sim.shell.terminal import show


def print_findings(study: Study, findings: pd.DataFrame) -> None:
    """The question, and a line for each decisive measure in each world."""
    print(study.question, end="\n\n")
    columns = ("measure", "of", "in", "expected", "effect [95 %]", "seeds", "p (Holm)", "finding")
    rows = []
    for row in findings.itertuples():
        shown = f"{row.estimate:.3g} [{row.low:.3g}, {row.high:.3g}]" if defined(row) else "not defined"
        own = row.role == EFFECT
        head = (row.measure, row.contrast, "", row.expected) if own else ("", "", f"{row.role}: {row.world}", "")
        p = "" if math.isnan(row.p_holm) else f"{row.p_holm:.2g}"
        rows.append((*head, shown, f"{row.seeds}", p, row.standing + (f" ({row.note})" if row.note else "")))
    show(columns, rows, numbers=("seeds", "p (Holm)"))


def print_crossings(crossings: pd.DataFrame) -> None:
    """At which dose effects change their sign."""
    if len(crossings):
        print()
        rows = [(row.measure, row.over, crossed(row), f"{row.seeds}") for row in crossings.itertuples()]
        show(("measure", "over", "no effect at [95 %]", "seeds"), rows, numbers=("seeds",))


def print_also(study: Study, measures: pd.DataFrame) -> None:
    """Mean and interval of the measures that are only reported, by arm, in the world as it is."""
    if not study.also:
        return
    print()
    own = measures[measures["guard"] == AS_IT_IS].groupby("arm", sort=False)
    rows = [(arm, *(mean_in_words(held[name]) for name in study.also)) for arm, held in own]
    show(("arm", *study.also), rows, numbers=())


def print_attribution(attributed: pd.DataFrame) -> None:
    """What each mechanism and each pair contributes to each measure, with its interval."""
    if not len(attributed):
        return
    print()
    rows = [
        (row.measure, row.mechanism, f"{row.value:.3g} [{row.low:.3g}, {row.high:.3g}]", f"{row.seeds}")
        for row in attributed.itertuples()
    ]
    show(("measure", "mechanism", "contribution [95 %]", "seeds"), rows, numbers=("seeds",))
