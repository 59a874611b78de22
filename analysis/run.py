"""One run, read: its configuration, its summary and its tables, from a folder of its own or from a study's store."""

import hashlib
import json
from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
import yaml

from analysis.columns import documents
from analysis.configuration import Configuration
from analysis.errors import InputError, nearest
from analysis.parquet import Columns

T = TypeVar("T")

TABLES = tuple(name for name in documents() if name != "summary")


class Table(Mapping[str, np.ndarray]):
    """The rows of one run in a table: column → (rows,) numbers or texts. A null number is NaN, a null text None."""

    def __init__(self, columns: "Columns | Table", rows: slice | np.ndarray):
        self._columns, self._rows = columns, rows
        self._read: dict[str, np.ndarray] = {}

    def __getitem__(self, column: str) -> np.ndarray:
        if column not in self._read:
            self._read[column] = self._columns[column][self._rows]
        return self._read[column]

    def where(self, column: str, text: str) -> np.ndarray:
        """Which rows have ``text`` in a column of texts, (rows,) bool: faster than to compare one by one."""
        return self._columns.where(column, text)[self._rows]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


class Run(Mapping[str, Table]):
    """Tables of one run by name: ``run["models"]["turns"]``. Read when asked for, column by column.

    Attributes: ``where`` it was read, for error lines; ``config`` and ``summary`` as they were written; ``version``
    of Turnstile that wrote them, and of which ``simulator``, if known; ``origin``, a line that says which run
    a figure was drawn from.
    Raises ``InputError`` where a table or a key is missing, unreadable or another version's.
    """

    def __init__(
        self,
        where: Path | str,
        config: dict,
        summary: dict,
        version: str,
        load: Callable[[str], Table],
        simulator: str = "",
    ):
        self.where, self.summary, self.version = where, summary, version
        self.config = Configuration(config, where)
        self.simulator = simulator
        self._load, self._tables, self._made = load, {}, {}

    @staticmethod
    def read(folder: Path) -> "Run":
        """The run in ``folder``. Raises ``InputError`` where that is not the folder of a finished run."""
        folder = Path(folder)
        config, summary, provenance = (
            _text(folder / name) for name in ("config.yaml", "summary.json", "provenance.json")
        )
        try:
            chosen, found, whence = yaml.load(config, _Loader), _json(summary), _json(provenance)
            chosen["seed"], chosen["horizon_days"], found["turns"]
            version, simulator = whence["version"], whence["simulator"]
        except KeyError as error:
            raise InputError(f"{folder}: its config.yaml, summary.json or provenance.json has no key {error}; "
                             "allowed is a run of this version") from error  # fmt: skip
        except (yaml.YAMLError, ValueError, TypeError) as error:
            said = " ".join(str(error).split())
            raise InputError(f"{folder}: not the folder of a run: {type(error).__name__} {said}") from error

        def load(name: str) -> Table:
            held = Columns(folder / f"{name}.parquet", name)
            return Table(held, slice(0, held.rows))

        return Run(folder, chosen, found, version, load, simulator)

    def __getitem__(self, name: str) -> Table:
        if name not in self._tables:
            if name not in TABLES:
                raise KeyError(f"{name}: no such table{nearest(name, TABLES)}")
            self._tables[name] = self._load(name)
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(TABLES)

    def __len__(self) -> int:
        return len(TABLES)

    def table(self, name: str, columns: list[str] | None = None) -> pd.DataFrame:
        """A table, or some of its columns, for pandas."""
        held = self[name]
        return pd.DataFrame({column: held[column] for column in columns or held})

    def once(self, make: Callable[..., T], *of: Hashable) -> T:
        """``make(self, *of)``, worked out once for all measures that ask for it."""
        what = make, of
        if what not in self._made:
            self._made[what] = make(self, *of)
        return self._made[what]

    @property
    def decides(self) -> bool:
        """Whether developers decide in it; with ``developers=none`` there is no economy to draw."""
        return self.config.at("developers.policy") != "idle"

    @cached_property
    def origin(self) -> str:
        """Version, simulator, seed and a digest of the configuration."""
        digest = hashlib.sha256(json.dumps(self.config, sort_keys=True).encode()).hexdigest()[:12]
        sources = f", simulator {self.simulator}" if self.simulator else ""
        return f"turnstile-sim {self.version}{sources}, seed {self.config['seed']}, config {digest}"


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same YAML, ten times faster, where libyaml is there."""


def _json(text: str) -> dict:
    """What ``text`` says. Raises ``ValueError`` where it is no JSON, which knows neither NaN nor infinity."""

    def none(word: str):
        raise ValueError(f"found {word}; allowed are numbers and null")

    return json.loads(text, parse_constant=none)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read; allowed is the folder of a finished run") from error
