"""A finished sensitivity, read from its folder."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.finished import SENSITIVITY, file_name, read_table, record
from analysis.sensitivity.analysing import CONVERGENCE, INDICES, MORRIS, SIGN_TABLE, SIGNS, SOBOL, SPREAD, TREE
from analysis.sensitivity.signs import Signs
from analysis.sensitivity.tree import COLUMNS as NODE

DESIGN, OUTPUTS = "design", "outputs"

TABLES = (SPREAD, INDICES, SIGN_TABLE, TREE, CONVERGENCE)

_OF = {
    MORRIS: (SPREAD, INDICES, CONVERGENCE),
    SOBOL: (SPREAD, INDICES, CONVERGENCE),
    SIGNS: (SPREAD, SIGN_TABLE, TREE, CONVERGENCE),
}

_COLUMNS = {
    DESIGN: ("world", "block"),
    OUTPUTS: ("output", "world", "replicate", "value"),
    SPREAD: ("output", "worlds", "left_out", "mean", "sd", "noise_share"),
    INDICES: ("output", "parameter", "index", "estimate", "low", "high"),
    SIGN_TABLE: ("output", *Signs._fields, "accuracy", "p"),
    TREE: ("output", *NODE),
    CONVERGENCE: ("output", "worlds"),
}
"""Without these a table is another version's."""

_SAID = {"name": str, "method": str, "question": str, "worlds": int, "seeds": int, "runs": int, "outputs": list,
         "parameters": list, "overrides": list, "only": list, "arms": list, "versions": dict,
         "tables": dict}  # fmt: skip


@dataclass(frozen=True)
class Result:
    """The tables of the sensitivity in ``folder``, without those of its runs. ``said``: its ``sensitivity.yaml``;
    ``design`` and ``outputs`` as they were written; ``tables``: those of the method by name."""

    folder: Path
    said: dict
    design: pd.DataFrame
    outputs: pd.DataFrame
    tables: dict[str, pd.DataFrame]

    @staticmethod
    def read(folder: Path) -> "Result":
        """The result in ``folder``. Raises ``InputError`` where that is no folder of a finished sensitivity."""
        folder = Path(folder)
        with record(folder / SENSITIVITY, "sensitivity") as said:
            for key, kind in _SAID.items():
                if not isinstance(said[key], kind):
                    raise TypeError(f"{key}: {said[key]!r}")
            needed = _OF[said["method"]]
            file_name(said["name"])
        every = {name: read_table(folder, name, _COLUMNS[name], said["tables"]) for name in (DESIGN, OUTPUTS, *needed)}
        return Result(folder, said, every.pop(DESIGN), every.pop(OUTPUTS), every)

    @property
    def method(self) -> str:
        """morris, sobol or signs."""
        return self.said["method"]

    @property
    def parameters(self) -> list[str]:
        """Keys of what was drawn, without the dummy."""
        return [each["key"] for each in self.said["parameters"]]

    @property
    def labels(self) -> list[str]:
        """Its outputs."""
        return [each["label"] for each in self.said["outputs"]]

    @property
    def indices(self) -> pd.DataFrame:
        """Of morris and sobol: output, parameter, index, estimate, low, high."""
        return self.tables[INDICES]

    @property
    def origin(self) -> str:
        """What it is of, for the metadata of what is made of it."""
        versions = self.said["versions"]
        said = f"sensitivity {self.said['name']}, {self.method}, {self.said['runs']} runs"
        return f"{said}, turnstile-sim {versions['turnstile']}, simulator {versions['simulator']}"
