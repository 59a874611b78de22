"""What a tuning prints: the settings to choose from, what each gains and gives up, and whether searching paid."""

from analysis import tuning_told as told
from analysis.tuning import Tuning
from sim.shell.terminal import show


def print_tuning(tuning: Tuning) -> None:
    """The question, the recommended settings, and what was found."""
    print(tuning.said["question"], end="\n\n")
    for rows in (told.recommended(tuning), told.levers(tuning), told.compared(tuning)):
        show([_plain(name) for name in rows.head], [[_plain(cell) for cell in row] for row in rows.rows], numbers=())
        print()
    for line in told.found(tuning):
        print(_plain(line))


def _plain(text: str) -> str:
    return text.replace("`", "")
