"""The folder of one run: written beside its place under a hidden name, then renamed into it. Whole or not at all."""

import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from omegaconf import OmegaConf

from sim.config import Config
from sim.errors import InputError
from sim.output.disk import reason, sync, writing
from sim.output.hidden import HiddenFolder
from sim.output.provenance import provenance

if TYPE_CHECKING:
    from sim.simulation import Result


def make_folder(target: Path, key: str = "hydra.run.dir") -> list[Path]:
    """Make ``target`` unless it is an empty folder already; the folders made, outermost first.

    Raises ``InputError`` naming ``key`` where it cannot be made or holds something.
    """
    made = []
    try:
        missing = [place for place in (target, *target.parents) if not place.exists()]
        for place in reversed(missing):
            place.mkdir(exist_ok=True)
            made.append(place)
        if not target.is_dir():
            raise InputError(f"{key}: {target} is a file; allowed is a new or an empty folder")
        if any(target.iterdir()):
            raise InputError(f"{key}: {target} already holds a run or other files; allowed is a new or an empty folder")
        if target.samefile(Path.cwd()):
            raise InputError(f"{key}: {target} is the current folder; allowed is a new or another empty folder")
        if not os.access(target.parent, os.W_OK | os.X_OK):
            raise InputError(f"{key}: {target.parent} cannot be written to")
    except (OSError, ValueError) as error:
        drop_empty(made)
        if isinstance(error, InputError):
            raise
        why = reason(error) if isinstance(error, OSError) else str(error)
        raise InputError(f"{key}: {target} cannot be made: {why}") from error
    return made


def drop_empty(folders: list[Path]) -> None:
    """Remove those of ``folders`` (outermost first) that are empty: the traces of a run that came to nothing."""
    for folder in reversed(folders):
        try:
            folder.rmdir()
        except OSError:
            return


class RunFolder:
    """A run's folder in the making. Leaving the block without ``publish`` leaves nothing behind.

    >>> with RunFolder(Path("runs/one")) as folder:
    ...     folder.write(simulate(config), started)
    ...     folder.publish()
    """

    def __init__(self, target: Path):
        self.target = Path(os.path.abspath(target))

    def __enter__(self) -> "RunFolder":
        self._made = make_folder(self.target)
        with writing(self.target):
            self._folder = HiddenFolder(self.target.parent)
        self.hidden = self._folder.path
        return self

    def __exit__(self, *exception) -> None:
        self._folder.close()
        drop_empty(self._made)  # what was published is not empty

    def __truediv__(self, name: str) -> Path:
        return self.hidden / name

    def write(self, result: "Result", started: datetime) -> None:
        """Write everything but the attempt log, which is written while the simulation runs."""
        from sim.output.tables import write_json, write_table

        write_config(result.config, self / "config.yaml")
        write_json(result.summary, self / "summary.json")
        for name, frame in result.tables.items():
            write_table(frame, self / f"{name}.parquet")
        write_json(provenance(result.config, started), self / "provenance.json")

    def publish(self) -> list[Path]:
        """Make the folder appear at its place; its files. Raises ``InputError`` if another run was first."""
        with writing(self.target):
            for file in (*self.hidden.rglob("*"), self.hidden):
                sync(file)
            try:
                self.hidden.rename(self.target)  # replaces an empty folder and no other
            except OSError as error:
                if self.target.is_dir() and any(self.target.iterdir()):
                    raise InputError(f"{self.target}: another run was first; this one is dropped") from error
                raise
            sync(self.target.parent)
        return sorted(file for file in self.target.rglob("*") if file.is_file())


def write_config(config: Config, path: Path) -> None:
    """The resolved configuration, such that ``turnstile run FILE`` repeats the run.

    Without the engine: it is how a run was computed, not what; provenance.json has it.
    """
    values = asdict(config)
    del values["engine"]
    with writing(path):
        path.write_text(OmegaConf.to_yaml(OmegaConf.create(values)), encoding="utf-8")
