"""A run's folder, read."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml
from pyarrow.lib import ArrowException

from analysis.errors import InputError


@dataclass(frozen=True)
class Run:
    """The folder of one run: its configuration, its summary, and ``origin``: which run a figure was drawn from."""

    folder: Path
    config: dict
    summary: dict
    origin: str

    @staticmethod
    def read(folder: Path) -> "Run":
        """Read everything but the tables. Raises ``InputError`` where a file is missing or cannot be read."""
        names = ("config.yaml", "summary.json", "provenance.json")
        config, summary, provenance = (_text(folder / name) for name in names)
        try:
            chosen, found, whence = yaml.safe_load(config), json.loads(summary), json.loads(provenance)
            digest = hashlib.sha256(config.encode()).hexdigest()[:12]
            origin = f"turnstile-sim {whence['version']}, seed {chosen['seed']}, config {digest}"
        except (yaml.YAMLError, ValueError, KeyError, TypeError) as error:
            said = " ".join(str(error).split())
            raise InputError(f"{folder}: not the folder of a run: {type(error).__name__} {said}") from error
        return Run(folder, chosen, found, origin)

    @property
    def decides(self) -> bool:
        """Whether developers decide in it; with ``developers=none`` there is no economy to draw."""
        return self.config["developers"]["policy"] != "idle"

    def table(self, name: str, columns: list[str], filters: list | None = None) -> pd.DataFrame:
        """``columns`` of a table; ``filters`` as of pandas. Raises ``InputError`` where they are not to be had."""
        path = self.folder / f"{name}.parquet"
        try:
            return pd.read_parquet(path, columns=columns, filters=filters)
        except (OSError, ArrowException) as error:
            said = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise InputError(f"{path}: cannot be read: {said}") from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read; allowed is the folder of a finished run") from error
