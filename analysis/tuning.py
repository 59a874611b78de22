"""A finished tuning, read from its folder: what was asked, its trials, and what became of the best in fresh worlds."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.finished import TUNING, file_name, read_table, record

_NEEDED = {
    "trials": ("search", "trial", "defined", "feasible", "front", "hypervolume"),
    "settings": ("name", "search", "trial", "role", "constraints"),
    "front": ("name", "search", "role", "measure", "kind", "across", "better", "searched", "estimate", "low", "high",
              "gain", "gain_low", "gain_high", "verdict", "worlds"),
    "compared": ("what", "settings", "estimate", "low", "high"),
    "importance": ("objective", "lever", "importance", "low", "high"),
}  # fmt: skip

_SAID = ("tuning", "overrides", "trials", "worlds", "seeds", "fresh_worlds", "sampler", "batch", "judged",
         "constraints", "presets", "versions")  # fmt: skip


@dataclass(frozen=True)
class Tuning:
    """The tables of the tuning in ``folder``. ``held``: what its ``tuning.yaml`` says, its file under ``tuning``.

    ``trials``: a row a trial of each search; ``settings``: a row for each setting that was tried again; ``front``: a
    row for each of these and each measure; ``compared``: volumes; ``importance``: of each lever for each objective.
    """

    folder: Path
    name: str
    held: dict
    trials: pd.DataFrame
    settings: pd.DataFrame
    front: pd.DataFrame
    compared: pd.DataFrame
    importance: pd.DataFrame

    @staticmethod
    def read(folder: Path) -> "Tuning":
        """The tuning in ``folder``. Raises ``InputError`` where that is not the folder of a finished tuning."""
        folder = Path(folder)
        with record(folder / TUNING, "tuning") as held:
            name, digests = str(held["name"]), dict(held["tables"])
            for key in _SAID:
                held[key]
            said = held["tuning"]
            said["question"], dict(said["worlds"]), dict(held["versions"])
            for each in said["objectives"]:
                each["direction"], held["judged"][each["measure"]]
            for each in dict(said["levers"]).values():
                dict(each).get("choices") or (each["low"], each["high"])
            file_name(name)
        tables = (read_table(folder, table, needed, digests) for table, needed in _NEEDED.items())
        return Tuning(folder, name, held, *tables)

    @property
    def said(self) -> dict:
        """Its file."""
        return self.held["tuning"]

    @property
    def levers(self) -> list[str]:
        """The levers, in the order of the file."""
        return list(self.said["levers"])

    @property
    def objectives(self) -> list[str]:
        """The measures that it searched for, in the order of the file."""
        return [each["measure"] for each in self.said["objectives"]]

    @property
    def measures(self) -> list[str]:
        """The objectives, and the measures of its constraints."""
        return list(dict.fromkeys(self.front["measure"]))

    def better(self, measure: str) -> str:
        """Whether ``more`` or ``less`` of a measure is better, as it is judged: regret is a loss."""
        return self.front.loc[self.front["measure"] == measure, "better"].iloc[0]

    def across(self, measure: str) -> str:
        """How worlds are taken together, in a few words: ``largest regret over worlds``."""
        return self.front.loc[self.front["measure"] == measure, "across"].iloc[0]

    def named(self, objective: str) -> str:
        """``hhi, mean over worlds``; where it is that of all objectives together, that."""
        return f"{objective}, {self.across(objective)}" if objective in self.measures else objective

    @property
    def recommended(self) -> pd.DataFrame:
        """The rows of ``front`` of settings to choose from, the default among them."""
        return self.front[self.front["role"] != ""]

    @property
    def origin(self) -> str:
        """Version, simulator and trials, for the metadata of what is made of it."""
        versions = self.held["versions"]
        said = f"tuning {self.name}, {self.held['trials']} trials, turnstile-sim {versions['turnstile']}"
        return f"{said}, simulator {versions['simulator']}"
