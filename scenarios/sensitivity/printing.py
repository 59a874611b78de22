"""What ``turnstile sensitivity`` prints."""

from analysis.sensitivity.analysing import MORRIS, SIGN_TABLE, SIGNS, SPREAD
from analysis.sensitivity.morris import LUCK, MU_STAR, SIGMA, moving
from analysis.sensitivity.result import Result
from analysis.sensitivity.sobol import FIRST, TOTAL
from analysis.sensitivity.words import bracket, from_seeds, kept, own, ranked, turning, wide
from analysis.table_text import number
from sim.shell.terminal import show

MOST = 10
"""Parameters that are printed of each output."""


def print_result(result: Result) -> None:
    """The question, and what was found of each output."""
    print(result.said["question"], end="\n\n")
    (_print_signs if result.method == SIGNS else _print_indices)(result)
    rows = []
    for row in result.tables[SPREAD].itertuples():
        counts = f"{row.worlds}", f"{row.left_out}"
        rows.append((row.output, *counts, number(row.mean), number(row.sd), from_seeds(row)))
    print()
    show(("output", "worlds", "left out", "mean", "sd", "variance from seeds"), rows, numbers=("worlds", "left out"))
    if result.method == MORRIS:
        print(f"\nmore than other seeds would do: {', '.join(moving(result.indices)) or 'none'}")


def _print_indices(result: Result) -> None:
    first, second = (MU_STAR, SIGMA) if result.method == MORRIS else (TOTAL, FIRST)
    rows = []
    for label in result.labels:
        own_rows = result.indices[result.indices["output"] == label]
        held = wide(own_rows)
        for name in ranked(own_rows, MOST):
            row = held.loc[name]
            luck = (bracket(row, LUCK),) if result.method == MORRIS else ()
            rows.append((label, name, bracket(row, first), bracket(row, second), *luck))
            label = ""
    more = ("of luck alone [95 %]",) if result.method == MORRIS else ()
    show(("output", "parameter", f"{first} [95 %]", f"{second}", *more), rows, numbers=())


def _print_signs(result: Result) -> None:
    rows, where = [], []
    for row in result.tables[SIGN_TABLE].itertuples():
        sure = f"{row.surely_kept} and {row.surely_turned}"
        rows.append((row.output, own(row), kept(row), sure))
        where.append((row.output, list(turning(result, row))))
    show(("finding", "as they are [95 %]", "worlds that keep its sign [95 %]", "surely kept and turned"), rows, ())
    for label, lines in where:
        print(f"\n{label}")
        for line in lines:
            print(f"  {line.replace('`', '')}")
