"""What a tuning prints: the settings to choose from, what each gains and gives up, and whether searching paid."""

import pandas as pd

from analysis.tuning_words import setting_in_words, spelled, verdict_in_words
from scenarios.tune.definition import Tuning
from sim.shell.terminal import show


def print_recommended(tuning: Tuning, front: pd.DataFrame, settings: pd.DataFrame) -> None:
    """The question, and a line for each recommended setting."""
    print(tuning.question, end="\n\n")
    measures = list(dict.fromkeys(front["measure"]))
    rows = []
    for name, held in front[front["role"] != ""].groupby("name", sort=False):
        cells = [spelled(row) for row in held.set_index("measure").loc[measures].itertuples()]
        rows.append((held["role"].iloc[0], name, *cells, verdict_in_words(held)))
    show(("setting", "trial", *(f"{name} [95 %]" for name in measures), "beside the default"), rows, numbers=())
    print()
    for row in settings[settings["role"] != ""].to_dict("records"):
        if row["search"]:
            print(f"{row['role']}: {setting_in_words(row, [lever.key for lever in tuning.levers])}")


def print_compared(compared: pd.DataFrame) -> None:
    """Hypervolume of the settings found, in worlds that none has seen."""
    print()
    rows = [(row.what, f"{row.settings}", spelled(row)) for row in compared.itertuples()]
    show(("hypervolume in fresh worlds", "settings", "[95 %]"), rows, numbers=("settings",))
